"""The list of keys: searched by words or by key, changed in place, printed."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cxr_viewer.ui import icons, keys_page, theme
from cxr_viewer.ui.key_bindings import KeyBindings, portable
from cxr_viewer.ui.keys_page import KeyRow

_ROW = Qt.ItemDataRole.UserRole
_HINT = "Choose a line, press a key into the field, then “Use”. Esc closes."


class KeysDialog(QDialog):
    """Stays beside the window while it is used; every change holds at once."""

    def __init__(self, bindings: KeyBindings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bindings = bindings
        self.setObjectName("keys_dialog")
        self.setWindowTitle("Keys")
        self.setWindowIcon(icons.application_icon())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find by words or by key: undo, zoom, Ctrl+Z")
        self.search.setAccessibleName("Find an action or a key")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.tree = self._build_tree()
        self._what = QLabel()
        theme.set_role(self._what, "heading")
        self.field = QKeySequenceEdit()
        self.field.setMaximumSequenceLength(1)
        self.field.setAccessibleName("The new key")
        self.field.keySequenceChanged.connect(self._judge)
        self.use = self._button("Use", "This key alone stands for the action.", self._use)
        self.add = self._button("Add", "This key stands for the action beside the others.", self._add)
        self.remove = self._button("No key", "Nothing stands for the action.", self._remove)
        self.reset = self._button("Reset", "Back to the program's own key.", self._reset)
        self.reset_all = self._button("Reset all", "All keys as the program came.", self._reset_all)
        self.print_button = self._button("Print…", "The list on paper.", self._print)
        self.sentence = QLabel(_HINT)
        self.sentence.setWordWrap(True)
        self.sentence.setMinimumHeight(34)
        theme.set_role(self.sentence, "note")
        self._lay_out()
        self.resize(820, 720)
        bindings.changed.connect(self._refill)
        self._refill()
        self.search.setFocus()

    def _build_tree(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setAccessibleName("Keys")
        tree.setColumnCount(3)
        tree.setHeaderLabels(["Action", "Key", "What it does"])
        tree.setRootIsDecorated(False)
        tree.setIndentation(14)
        tree.setUniformRowHeights(True)
        tree.setAllColumnsShowFocus(True)
        tree.header().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        tree.header().setSectionsMovable(False)
        tree.setColumnWidth(0, 250)
        tree.setColumnWidth(1, 170)
        tree.currentItemChanged.connect(self._show_chosen)
        tree.itemActivated.connect(lambda: self.field.setFocus())
        return tree

    def _button(self, text: str, tip: str, call: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setToolTip(tip)
        button.setAccessibleName(f"{text.rstrip('…')}: {tip}")
        button.clicked.connect(call)
        return button

    def _lay_out(self) -> None:
        editor = QHBoxLayout()
        editor.addWidget(self._what)
        editor.addStretch(1)
        editor.addWidget(self.field)
        for button in (self.use, self.add, self.remove, self.reset):
            editor.addWidget(button)
        foot = QHBoxLayout()
        foot.addWidget(self.sentence, 1)
        foot.addWidget(self.reset_all)
        foot.addWidget(self.print_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.tree, 1)
        layout.addLayout(editor)
        layout.addLayout(foot)

    # -- the list ------------------------------------------------------------------------------------------------

    def chosen(self) -> KeyRow | None:
        """Return the line that is chosen."""
        item = self.tree.currentItem()
        row = item.data(0, _ROW) if item is not None else None
        return row if isinstance(row, KeyRow) else None

    def choose(self, name: str) -> None:
        """Choose the line of an action."""
        for row, item in self._items():
            if row.name == name:
                self.tree.setCurrentItem(item)

    def shown_rows(self) -> tuple[KeyRow, ...]:
        """Return the lines that the search leaves."""
        return tuple(row for row, item in self._items() if not item.isHidden())

    def _items(self) -> list[tuple[KeyRow, QTreeWidgetItem]]:
        groups = [self.tree.topLevelItem(number) for number in range(self.tree.topLevelItemCount())]
        items = [group.child(number) for group in groups if group for number in range(group.childCount())]
        return [(item.data(0, _ROW), item) for item in items if item]

    def _refill(self) -> None:
        """Show the keys in force; the line that was chosen stays chosen."""
        before = self.chosen()
        self.tree.clear()
        groups: dict[str, QTreeWidgetItem] = {}
        for row in keys_page.rows_of(self._bindings):
            if row.group not in groups:
                groups[row.group] = QTreeWidgetItem(self.tree, [row.group])
                groups[row.group].setFlags(Qt.ItemFlag.ItemIsEnabled)
                _embolden(groups[row.group], 0)
            item = QTreeWidgetItem(groups[row.group], [row.text, row.keys or "–", row.tip])
            item.setData(0, _ROW, row)
            for column, text in enumerate((row.text, row.keys, row.tip)):
                item.setToolTip(column, text)
            if row.name and self._bindings.is_own(row.name):
                _embolden(item, 1)
                item.setText(1, f"{row.keys or '–'}  (yours)")
        self.tree.expandAll()
        self._filter()
        if before is not None:
            self.choose(before.name)
        self._show_chosen()

    def _filter(self) -> None:
        words = self.search.text()
        for row, item in self._items():
            item.setHidden(not row.matches(words))
        groups_left = {row.group for row in self.shown_rows()}
        for number in range(self.tree.topLevelItemCount()):
            group = self.tree.topLevelItem(number)
            if group is not None:
                group.setHidden(group.text(0) not in groups_left)

    # -- the editor ----------------------------------------------------------------------------------------------

    def _show_chosen(self) -> None:
        row = self.chosen()
        can_change = row is not None and bool(row.name) and not self._bindings.is_fixed(row.name)
        self._what.setText(row.text if row else "")
        self.field.clear()
        self.field.setEnabled(can_change)
        self.remove.setEnabled(can_change and row is not None and bool(row.keys))
        self.reset.setEnabled(can_change and row is not None and self._bindings.is_own(row.name))
        self.reset_all.setEnabled(any(self._bindings.is_own(spec.name) for spec in self._bindings.specs))
        if row is not None and row.name and not can_change:
            self.sentence.setText(self._bindings.refusal(row.name, row.keys))
        self._judge()

    def _judge(self) -> None:
        """Say at once whether the key that was pressed can be used."""
        row, key = self.chosen(), self._key()
        self.use.setText("Use")
        self.use.setEnabled(False)
        self.add.setEnabled(False)
        if row is None or not row.name or self._bindings.is_fixed(row.name):
            return
        if not key:
            self._say(_HINT)
            return
        refusal, holder = self._bindings.refusal(row.name, key), self._bindings.holder(key)
        if not refusal:
            self._say("")
            self.use.setEnabled(True)
            self.add.setEnabled(bool(row.keys))
        elif holder is not None and holder != row.name and not self._bindings.is_fixed(holder):
            self.use.setText("Take over")
            self.use.setEnabled(True)
            self._say(f"{refusal} “Take over” gives it to “{row.text}” and leaves the other one without.", "caution")
        else:
            self._say(refusal, "caution")

    def _key(self) -> str:
        return portable(self.field.keySequence().toString(QKeySequence.SequenceFormat.PortableText))

    def _use(self) -> None:
        if row := self.chosen():
            self._bindings.take(row.name, self._key())

    def _add(self) -> None:
        if row := self.chosen():
            self._bindings.set_keys(row.name, (*self._bindings.keys(row.name), self._key()))

    def _remove(self) -> None:
        if row := self.chosen():
            self._bindings.set_keys(row.name, ())

    def _reset(self) -> None:
        if row := self.chosen():
            self._bindings.reset(row.name)

    def _reset_all(self) -> None:
        self._bindings.reset_all()

    def _say(self, sentence: str, role: str = "note") -> None:
        self.sentence.setText(sentence)
        theme.set_role(self.sentence, role)

    # -- on paper ------------------------------------------------------------------------------------------------

    def print_on(self, printer: QPrinter) -> None:
        """Print the lines in sight."""
        document = QTextDocument()
        document.setHtml(keys_page.printed(self.shown_rows()))
        document.print_(printer)

    def _print(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.accepted.connect(lambda: self.print_on(printer))
        QDialog.open(dialog)  # QPrintDialog's own one wants a slot by its name


def _embolden(item: QTreeWidgetItem, column: int) -> None:
    font = item.font(column)
    font.setBold(True)
    item.setFont(column, font)
