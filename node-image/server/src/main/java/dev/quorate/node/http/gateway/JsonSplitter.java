package dev.quorate.node.http.gateway;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a stream of JSON objects into single ones, whatever pieces it comes in. It looks at braces
 * and strings only; whether an object is valid finds out who reads it.
 */
final class JsonSplitter {
  private final int maxObjectBytes;
  private final ByteArrayOutputStream object = new ByteArrayOutputStream();
  private int depth;
  private boolean inString;
  private boolean escaped;

  JsonSplitter(int maxObjectBytes) {
    this.maxObjectBytes = maxObjectBytes;
  }

  /**
   * Takes the next piece and returns the objects that are complete with it.
   *
   * @throws BadRequestException if something else than an object begins, or one is too large
   */
  List<byte[]> feed(byte[] piece) throws BadRequestException {
    var complete = new ArrayList<byte[]>();
    int begin = 0;
    for (int i = 0; i < piece.length; i++) {
      byte character = piece[i];
      if (depth == 0) {
        begin = i;
        enter(character);
      } else if (inString) {
        inString = escaped || character != '"';
        escaped = !escaped && character == '\\';
      } else if (closes(character)) {
        keep(piece, begin, i + 1);
        complete.add(object.toByteArray());
        object.reset();
      }
    }
    if (depth > 0) {
      keep(piece, begin, piece.length);
    }
    return complete;
  }

  /** Whether an object has begun that is not complete. */
  boolean inObject() {
    return depth > 0;
  }

  private void enter(byte character) throws BadRequestException {
    if (character == '{') {
      depth = 1;
    } else if (" \t\r\n".indexOf(character) < 0) {
      throw new BadRequestException("quorate: the body is not a stream of JSON objects");
    }
  }

  private boolean closes(byte character) {
    switch (character) {
      case '"' -> inString = true;
      case '{', '[' -> depth++;
      case '}', ']' -> depth--;
      default -> {}
    }
    return depth == 0;
  }

  private void keep(byte[] piece, int begin, int end) throws BadRequestException {
    if (object.size() + end - begin > maxObjectBytes) {
      throw new BadRequestException(
          "quorate: a request is larger than %d bytes".formatted(maxObjectBytes));
    }
    object.write(piece, begin, end - begin);
  }
}
