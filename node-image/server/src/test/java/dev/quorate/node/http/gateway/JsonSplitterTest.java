package dev.quorate.node.http.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Objects out of a stream, however it was cut. */
final class JsonSplitterTest {
  private static final String STREAM =
      " {\"a\":\"}{\\\"\\\\\"}{}\n\r\t{\"b\":[{\"c\":\"\\\\\\\"}\"},{}],\"d\":\"\u00e9\"} ";
  private static final List<String> OBJECTS =
      List.of(
          "{\"a\":\"}{\\\"\\\\\"}", "{}", "{\"b\":[{\"c\":\"\\\\\\\"}\"},{}],\"d\":\"\u00e9\"}");

  @Test
  void findsTheSameObjectsInPiecesOfEverySize() throws BadRequestException {
    byte[] bytes = STREAM.getBytes(UTF_8);
    for (int size = 1; size <= bytes.length; size++) {
      var splitter = new JsonSplitter(100);
      var found = new ArrayList<String>();
      for (int begin = 0; begin < bytes.length; begin += size) {
        byte[] piece = Arrays.copyOfRange(bytes, begin, Math.min(begin + size, bytes.length));
        splitter.feed(piece).forEach(object -> found.add(new String(object, UTF_8)));
      }
      assertThat(found).as("pieces of %d bytes", size).isEqualTo(OBJECTS);
      assertThat(splitter.inObject()).isFalse();
    }
  }

  @Test
  void knowsThatAnObjectIsNotComplete() throws BadRequestException {
    var splitter = new JsonSplitter(100);
    assertThat(splitter.feed("{\"a\":{}".getBytes(UTF_8))).isEmpty();
    assertThat(splitter.inObject()).isTrue();
  }

  @Test
  void refusesEverythingElseThanObjects() {
    for (String text : new String[] {"[", "x", "{}]", "{},{}", "\"a\"", "1"}) {
      assertThatThrownBy(() -> new JsonSplitter(100).feed(text.getBytes(UTF_8)))
          .as(text)
          .isInstanceOf(BadRequestException.class);
    }
  }

  @Test
  void keepsNoMoreThanItMay() throws BadRequestException {
    var splitter = new JsonSplitter(10);
    assertThat(splitter.feed("{\"a\":1234}{\"a\":1234}".getBytes(UTF_8))).hasSize(2);
    assertThat(splitter.feed("{\"a\":1234".getBytes(UTF_8))).isEmpty();
    assertThatThrownBy(() -> splitter.feed("567".getBytes(UTF_8)))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("10 bytes");
  }
}
