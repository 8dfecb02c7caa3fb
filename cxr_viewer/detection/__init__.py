"""The detector that ships and that training trains: anchors, bundles, engines. No Qt."""
