"""The command lines cxr-scan and cxr-export."""
