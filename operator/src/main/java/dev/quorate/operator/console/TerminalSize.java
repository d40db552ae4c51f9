package dev.quorate.operator.console;

/** How much a terminal shows at once. */
public record TerminalSize(int columns, int rows) {
  /** What is taken for it when a terminal does not tell. */
  static final TerminalSize USUAL = new TerminalSize(80, 24);
}
