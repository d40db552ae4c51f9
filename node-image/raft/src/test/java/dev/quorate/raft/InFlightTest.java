package dev.quorate.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InFlightTest {
  @Test
  void isFullAtEitherLimit() {
    var messages = new InFlight(2, 1000);
    messages.add(1, 1);
    assertThat(messages.isFull()).isFalse();
    messages.add(2, 1);
    assertThat(messages.isFull()).isTrue();

    var bytes = new InFlight(100, 10);
    bytes.add(1, 4);
    bytes.add(2, 5);
    assertThat(bytes.isFull()).isFalse();
    bytes.add(3, 1);
    assertThat(bytes.isFull()).isTrue();
  }

  @Test
  void anAnswerMakesRoomForAllThatItAnswers() {
    var inFlight = new InFlight(100, 10);
    inFlight.add(3, 4);
    inFlight.add(5, 4);
    inFlight.add(9, 4);
    inFlight.answeredUpTo(2);
    assertThat(inFlight.isFull()).isTrue();
    inFlight.answeredUpTo(5);
    inFlight.add(10, 5);
    assertThat(inFlight.isFull()).as("nine bytes").isFalse();
    inFlight.add(11, 1);
    assertThat(inFlight.isFull()).isTrue();
  }

  @Test
  void forgetsMessagesAndBytes() {
    var inFlight = new InFlight(2, 10);
    inFlight.add(1, 9);
    inFlight.add(2, 9);
    inFlight.clear();
    inFlight.add(3, 9);
    assertThat(inFlight.isFull()).isFalse();
  }
}
