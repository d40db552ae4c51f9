package dev.quorate.operator.console;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The terminal that people read this on; it may change its size at any time. */
public final class Terminal implements Supplier<TerminalSize> {
  private static final Logger log = LoggerFactory.getLogger(Terminal.class);
  private static final int STANDARD_OUTPUT = 1;
  private static final long TIOCGWINSZ_LINUX = 0x5413;
  private static final long TIOCGWINSZ_BSD = 0x40087468;

  /** Rows, columns, and the same in pixels: four unsigned numbers of two bytes. */
  private static final long WINDOW_SIZE_BYTES = 8;

  private static final long COLUMNS_OFFSET = 2;

  private final @Nullable MethodHandle ioctl = find();

  private Terminal() {}

  /** The terminal, or null if nobody reads this directly. */
  // JDK 25 has no console again where there is no terminal.
  @SuppressWarnings("SystemConsoleNull")
  public static @Nullable Terminal current() {
    var console = System.console();
    return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"))
        ? new Terminal()
        : null;
  }

  @SuppressWarnings("restricted")
  private static @Nullable MethodHandle find() {
    try {
      var linker = Linker.nativeLinker();
      return linker
          .defaultLookup()
          .find("ioctl")
          .map(
              address ->
                  linker.downcallHandle(
                      address,
                      FunctionDescriptor.of(
                          ValueLayout.JAVA_INT,
                          ValueLayout.JAVA_INT,
                          ValueLayout.JAVA_LONG,
                          ValueLayout.ADDRESS),
                      Linker.Option.firstVariadicArg(2)))
          .orElse(null);
    } catch (UnsupportedOperationException | IllegalCallerException e) {
      log.debug("the terminal cannot be asked for its size", e);
      return null;
    }
  }

  @Override
  public TerminalSize get() {
    if (ioctl == null) {
      return TerminalSize.USUAL;
    }
    try (var arena = Arena.ofConfined()) {
      var window = arena.allocate(WINDOW_SIZE_BYTES, Long.BYTES);
      int result = (int) ioctl.invokeExact(STANDARD_OUTPUT, request(), window);
      int rows = Short.toUnsignedInt(window.get(ValueLayout.JAVA_SHORT, 0));
      int columns = Short.toUnsignedInt(window.get(ValueLayout.JAVA_SHORT, COLUMNS_OFFSET));
      return result == 0 && rows > 0 && columns > 0
          ? new TerminalSize(columns, rows)
          : TerminalSize.USUAL;
    } catch (Throwable e) {
      throw new IllegalStateException("ioctl is not as it should be", e);
    }
  }

  private static long request() {
    var system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    return system.contains("linux") ? TIOCGWINSZ_LINUX : TIOCGWINSZ_BSD;
  }
}
