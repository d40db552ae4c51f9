package dev.quorate.node.http.gateway;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.HashSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads one request from JSON as etcd does: fields by their names in the proto or in camel case,
 * bytes as base64 of either alphabet, 64-bit numbers as strings or numbers; what it does not know
 * it passes over, and what has the wrong type it refuses. Protobuf's own {@code JsonFormat} is no
 * choice here: it takes a number for bytes and a string for a bool.
 */
final class RequestReader {
  /** As deep as protobuf reads its binary form. */
  private static final int MAX_DEPTH = 100;

  /** More digits than any number has that fits, so that nobody pays for reading a million. */
  private static final int MAX_NUMBER_CHARACTERS = 64;

  private static final int MAX_UINT64_DIGITS = 20;

  private final JsonReader json;

  private RequestReader(JsonReader json) {
    this.json = json;
  }

  /**
   * Reads the first value of the text; what follows it is ignored, as etcd ignores it.
   *
   * @throws BadRequestException naming the field that is wrong
   */
  static Message read(String text, Message prototype) throws BadRequestException {
    var json = new JsonReader(new StringReader(text));
    json.setStrictness(Strictness.STRICT);
    try {
      var message = prototype.newBuilderForType();
      new RequestReader(json).readInto(message, 1);
      return message.build();
    } catch (EOFException _) {
      throw new BadRequestException("unexpected EOF");
    } catch (IOException _) {
      throw new BadRequestException("quorate: the body is not valid JSON at " + json.getPath());
    }
  }

  private void readInto(Message.Builder message, int depth)
      throws IOException, BadRequestException {
    if (depth > MAX_DEPTH) {
      throw new BadRequestException("quorate: the request is nested too deep");
    }
    if (json.peek() != JsonToken.BEGIN_OBJECT) {
      throw wrong("an object");
    }
    json.beginObject();
    var seen = new HashSet<FieldDescriptor>();
    while (json.hasNext()) {
      FieldDescriptor field = fieldNamed(message.getDescriptorForType(), json.nextName());
      if (field == null) {
        json.skipValue();
      } else if (json.peek() == JsonToken.NULL) {
        json.nextNull();
      } else {
        boolean secondOfOneof =
            field.getRealContainingOneof() != null
                && message.hasOneof(field.getRealContainingOneof());
        if (!seen.add(field) || secondOfOneof) {
          throw wrong("no second value, and none of a field that excludes it");
        }
        readField(message, field, depth);
      }
    }
    json.endObject();
  }

  private static @Nullable FieldDescriptor fieldNamed(Descriptor type, String name) {
    FieldDescriptor field = type.findFieldByName(name);
    if (field != null) {
      return field;
    }
    for (FieldDescriptor candidate : type.getFields()) {
      if (candidate.getJsonName().equals(name)) {
        return candidate;
      }
    }
    return null;
  }

  private void readField(Message.Builder message, FieldDescriptor field, int depth)
      throws IOException, BadRequestException {
    if (!field.isRepeated()) {
      Object value = value(message, field, depth);
      if (value != null) {
        message.setField(field, value);
      }
      return;
    }
    if (json.peek() != JsonToken.BEGIN_ARRAY) {
      throw wrong("an array");
    }
    json.beginArray();
    while (json.hasNext()) {
      Object value = value(message, field, depth);
      if (value != null) {
        message.addRepeatedField(field, value);
      }
    }
    json.endArray();
  }

  /** Null for a value that etcd passes over. */
  private @Nullable Object value(Message.Builder message, FieldDescriptor field, int depth)
      throws IOException, BadRequestException {
    return switch (field.getJavaType()) {
      case BYTE_STRING -> bytes();
      case STRING -> text("a string");
      case BOOLEAN -> bool();
      case LONG -> {
        boolean unsigned = field.getType() == FieldDescriptor.Type.UINT64;
        yield number(unsigned, Long.SIZE).longValue();
      }
      case INT -> {
        boolean unsigned = field.getType() == FieldDescriptor.Type.UINT32;
        yield number(unsigned, Integer.SIZE).intValue();
      }
      case ENUM -> enumValue(field.getEnumType());
      case MESSAGE -> {
        var inner = message.newBuilderForField(field);
        readInto(inner, depth + 1);
        yield inner.build();
      }
      case FLOAT, DOUBLE -> throw new IllegalStateException("no such field in etcd: " + field);
    };
  }

  private String text(String wanted) throws IOException, BadRequestException {
    if (json.peek() != JsonToken.STRING) {
      throw wrong(wanted);
    }
    return json.nextString();
  }

  private boolean bool() throws IOException, BadRequestException {
    if (json.peek() != JsonToken.BOOLEAN) {
      throw wrong("true or false");
    }
    return json.nextBoolean();
  }

  private ByteString bytes() throws IOException, BadRequestException {
    String wanted = "base64 in a string";
    // Line ends come with what command line tools print.
    String encoded = text(wanted).replace("\n", "").replace("\r", "");
    boolean urlSafe = encoded.indexOf('-') >= 0 || encoded.indexOf('_') >= 0;
    var decoder = urlSafe ? Base64.getUrlDecoder() : Base64.getDecoder();
    try {
      return ByteString.copyFrom(decoder.decode(encoded));
    } catch (IllegalArgumentException _) {
      throw wrong(wanted);
    }
  }

  private BigInteger number(boolean unsigned, int bits) throws IOException, BadRequestException {
    String wanted = "a whole number of %d bits, %ssigned".formatted(bits, unsigned ? "un" : "");
    JsonToken token = json.peek();
    if (token != JsonToken.NUMBER && token != JsonToken.STRING) {
      throw wrong(wanted);
    }
    BigInteger value = wholeNumber(json.nextString());
    boolean fits =
        value != null
            && (unsigned
                ? value.signum() >= 0 && value.bitLength() <= bits
                : value.bitLength() < bits);
    if (!fits || value == null) {
      throw wrong(wanted);
    }
    return value;
  }

  /** Null if it is none, or one that is far too large. */
  private static @Nullable BigInteger wholeNumber(String text) {
    if (text.length() > MAX_NUMBER_CHARACTERS) {
      return null;
    }
    try {
      // The exponent alone may be enormous: nothing is written out before its size is known.
      var number = new BigDecimal(text).stripTrailingZeros();
      boolean isWhole = number.scale() <= 0;
      long digits = (long) number.precision() - number.scale();
      return isWhole && digits <= MAX_UINT64_DIGITS ? number.toBigIntegerExact() : null;
    } catch (ArithmeticException | NumberFormatException _) {
      return null;
    }
  }

  private @Nullable Object enumValue(EnumDescriptor type) throws IOException, BadRequestException {
    return switch (json.peek()) {
      case STRING -> type.findValueByName(json.nextString());
      case NUMBER ->
          type.findValueByNumberCreatingIfUnknown(number(false, Integer.SIZE).intValue());
      default -> throw wrong("a name or number of " + type.getName());
    };
  }

  private BadRequestException wrong(String wanted) {
    return new BadRequestException("quorate: %s: %s is wanted".formatted(json.getPath(), wanted));
  }
}
