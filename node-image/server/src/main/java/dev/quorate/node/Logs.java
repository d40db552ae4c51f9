package dev.quorate.node;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import org.slf4j.LoggerFactory;

/** Makes the log of this process what the flags say; {@code logback.xml} has what it is before. */
final class Logs {
  private static final String CONSOLE_LINE =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}: %msg %kvp%n";

  private Logs() {}

  /**
   * Sets the level and, if they are not the usual ones, form and outputs.
   *
   * @throws StartException if a file cannot be written
   */
  static void apply(LogConfig config) throws StartException {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(config.level());
    if (config.goesWhereItGoesAnyway()) {
      return;
    }
    var appenders = new ArrayList<OutputStreamAppender<ILoggingEvent>>();
    for (String output : config.outputs()) {
      var appender = appender(output);
      appender.setContext(context);
      appender.setName(output);
      appender.setEncoder(encoder(config.format(), context));
      appender.start();
      appenders.add(appender);
    }
    root.detachAndStopAllAppenders();
    appenders.forEach(root::addAppender);
  }

  /** One line with all that the node was told. */
  static void sayHello(NodeConfig config) {
    var line = LoggerFactory.getLogger(NodeMain.class).atInfo();
    for (var flag : config.describe().entrySet()) {
      line = line.addKeyValue(flag.getKey(), String.valueOf(flag.getValue()));
    }
    line.log("quorate-node {} starts", Versions.product());
  }

  private static OutputStreamAppender<ILoggingEvent> appender(String output) throws StartException {
    if (output.equals("stderr") || output.equals("stdout")) {
      var console = new ConsoleAppender<ILoggingEvent>();
      console.setTarget(output.equals("stderr") ? "System.err" : "System.out");
      return console;
    }
    requireWritable(output);
    var file = new FileAppender<ILoggingEvent>();
    file.setFile(output);
    file.setAppend(true);
    return file;
  }

  private static void requireWritable(String file) throws StartException {
    try {
      Files.newOutputStream(Path.of(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND)
          .close();
    } catch (IOException e) {
      throw new StartException(
          "--log-outputs: cannot write to %s (%s): name another file, stderr or stdout"
              .formatted(file, e));
    }
  }

  private static Encoder<ILoggingEvent> encoder(LogConfig.Format format, LoggerContext context) {
    return switch (format) {
      case JSON -> json(context);
      case CONSOLE -> {
        var lines = new PatternLayoutEncoder();
        lines.setContext(context);
        lines.setPattern(CONSOLE_LINE);
        lines.start();
        yield lines;
      }
    };
  }

  /** As in {@code logback.xml}. */
  private static JsonEncoder json(LoggerContext context) {
    var json = new JsonEncoder();
    json.setContext(context);
    json.setWithSequenceNumber(false);
    json.setWithNanoseconds(false);
    json.setWithContext(false);
    json.setWithMDC(false);
    json.setWithFormattedMessage(true);
    json.setWithMessage(false);
    json.setWithArguments(false);
    json.start();
    return json;
  }
}
