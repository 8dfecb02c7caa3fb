"""The actions on the image: seeing, judging, going on (menus View and Review)."""

from cxr_viewer.ui.action_spec import ActionSpec

READING_ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "tool_window",
        "Window",
        "Drag on the image: right widens, up brightens.",
        ("W",),
        "window-level",
        checkable=True,
    ),
    ActionSpec(
        "tool_zoom",
        "Zoom",
        "Drag up or down to zoom about the point under the cursor; the right button does so with every tool.",
        (),
        "zoom",
        checkable=True,
    ),
    ActionSpec(
        "tool_pan", "Pan", "Drag the image; the middle button does so with every tool.", ("P",), "pan", checkable=True
    ),
    ActionSpec(
        "tool_box", "Box", "Draw the box of an opacity that the model did not show.", ("B",), "box", checkable=True
    ),
    ActionSpec(
        "tool_measure",
        "Measure",
        "Draw a line: its length in pixels, or in millimetres with what they are measured at; Esc removes it.",
        ("M",),
        "ruler",
        checkable=True,
    ),
    ActionSpec(
        "magnify",
        "Magnifier (hold)",
        "A lens follows the cursor while the key is held, through the window in force.",
        ("Z",),
        "",
        "shown",
    ),
    ActionSpec("invert", "Invert", "Swap black and white on the screen only.", ("I",), "invert", checkable=True),
    ActionSpec(
        "wrong_polarity",
        "Polarity of this device is wrong",
        "Show every image of this device the other way round, to the model too; once more takes it back.",
        ("Ctrl+I",),
        checkable=True,
    ),
    ActionSpec(
        "keep_window",
        "Keep window across images",
        "See the next image through the window chosen here; else each opens in its own automatic window.",
        ("Shift+W",),
        checkable=True,
    ),
    ActionSpec("flip_across", "Mirror left to right", "Exchange left and right; on the screen only.", ("H",)),
    ActionSpec("flip_down", "Mirror top to bottom", "Exchange top and bottom; on the screen only.", ("V",)),
    ActionSpec("turn_right", "Turn right", "Turn the image a quarter clockwise; on the screen only.", ("R",)),
    ActionSpec(
        "turn_left", "Turn left", "Turn the image a quarter counter-clockwise; on the screen only.", ("Shift+R",)
    ),
    ActionSpec("fit", "Fit", "Show the whole image.", ("=",), "fit"),
    ActionSpec("one_to_one", "1:1", "One image pixel on one screen pixel.", ("Ctrl+0",), "", "window"),
    ActionSpec("zoom_in", "Zoom in", "Enlarge about the middle of the view.", ("+",)),
    ActionSpec("zoom_out", "Zoom out", "Reduce about the middle of the view.", ("-",)),
    ActionSpec(
        "hide_boxes",
        "Hide",
        "Take all boxes off the image until it is pressed again.",
        ("O",),
        "eye-off",
        checkable=True,
    ),
    ActionSpec(
        "show_others",
        "Boxes of other readers",
        "Show what others drew, after your own signature only; it cannot be changed.",
        ("Shift+O",),
        checkable=True,
    ),
    ActionSpec(
        "peek",
        "Peek under the boxes (hold)",
        "Everything over the image goes while the key is held.",
        ("Space",),
        "",
        "shown",
    ),
    ActionSpec(
        "compare_prior",
        "Prior beside",
        "Show the last study of the same patient beside the image.",
        ("C",),
        "prior",
        checkable=True,
    ),
    ActionSpec(
        "compare_views",
        "Other view beside",
        "Show PA and lateral of one study side by side.",
        ("Shift+V",),
        checkable=True,
    ),
    ActionSpec(
        "next_beside", "Older prior", "Step on beside the image: to an older study, or another view.", ("Shift+PgDown",)
    ),
    ActionSpec(
        "previous_beside",
        "Newer prior",
        "Step back beside the image: to a newer study, or the view before.",
        ("Shift+PgUp",),
    ),
    ActionSpec(
        "link_views",
        "Link both images",
        "Zoom, position and window of one image go along with the other's.",
        ("Shift+C",),
        checkable=True,
    ),
    ActionSpec(
        "toggle_worklist", "Worklist", "Show or hide the panel on the left.", ("F7",), "panel-left", "window", True
    ),
    ActionSpec(
        "toggle_panel", "Findings panel", "Show or hide the panel on the right.", ("F8",), "panel-right", "window", True
    ),
    ActionSpec(
        "full_screen",
        "Full screen",
        "Give the image the whole screen; panels come back with F7 and F8, Esc leaves.",
        ("F11",),
        "",
        "window",
        True,
    ),
    ActionSpec("next_panel", "Next panel", "Move the keyboard to the next panel.", ("F6",), "", "window"),
    ActionSpec(
        "accept", "Accept opacity", "Take the chosen detection over as your finding.", ("Return", "Enter"), "accept"
    ),
    ActionSpec("reject", "Reject", "Say that there is no opacity in the chosen box.", ("X",), "reject"),
    ActionSpec(
        "reject_because",
        "Reject because of …",
        "Open the reasons for a rejection at the chosen box; a digit chooses one.",
        ("Shift+X",),
    ),
    ActionSpec(
        "describe",
        "Label and comment",
        "Write at the chosen box what it is; Enter keeps, Esc leaves.",
        ("E",),
    ),
    ActionSpec(
        "duplicate", "Duplicate box", "Make another finding of the chosen one, a little beside it.", ("Ctrl+D",)
    ),
    ActionSpec(
        "delete",
        "Delete box",
        "Remove your own box; a box of the model is rejected, never erased.",
        ("Delete", "Backspace"),
        "delete",
    ),
    ActionSpec("next_box", "Next box", "Choose the next box, largest first.", ("Tab",), "", "shown"),
    ActionSpec("previous_box", "Previous box", "Choose the box before.", ("Shift+Tab",), "", "shown"),
    ActionSpec("undo", "Undo", "Take the last change of this image back.", ("Ctrl+Z",), "undo", "window"),
    ActionSpec(
        "redo", "Redo", "Make the change again that was taken back.", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", "window"
    ),
    ActionSpec("outcome_opacity", "Opacity", "Your verdict: at least one opacity.", ("Ctrl+1",), "", "window", True),
    ActionSpec(
        "outcome_no_opacity", "No opacity", "Your verdict: no opacity on this image.", ("Ctrl+2",), "", "window", True
    ),
    ActionSpec(
        "outcome_unreadable",
        "Unreadable",
        "Your verdict: this image cannot be judged.",
        ("Ctrl+3",),
        "",
        "window",
        True,
    ),
    ActionSpec(
        "sign_off",
        "Sign off and next",
        "Sign the verdict and open the next image.",
        ("Ctrl+Return", "Ctrl+Enter"),
        "sign-off",
        "window",
    ),
    ActionSpec("sign_here", "Sign off and stay", "Sign the verdict and stay on this image.", ("/",)),
    ActionSpec(
        "withdraw", "Withdraw signature", "Take your signature back; boxes and verdict stay as they are.", (".",)
    ),
    ActionSpec(
        "second_read",
        "Needs second read",
        "Ask for another reader, or take that back; a signature stays as it is.",
        ("\\",),
        checkable=True,
    ),
    ActionSpec(
        "comment_image",
        "Comment on image",
        "Write a comment on this image; it goes into the review.",
        ("Shift+E",),
    ),
    ActionSpec("next_instance", "Next image", "Open the next image of the worklist.", ("D", "PgDown"), "next"),
    ActionSpec("previous_instance", "Previous image", "Open the image before.", ("A", "PgUp"), "previous"),
)
