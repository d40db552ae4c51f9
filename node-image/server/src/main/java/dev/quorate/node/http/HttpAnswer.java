package dev.quorate.node.http;

/** What is written back for one request, in one piece. */
public record HttpAnswer(int status, String contentType, String body) {
  static HttpAnswer text(int status, String body) {
    return new HttpAnswer(status, "text/plain; charset=utf-8", body);
  }

  public static HttpAnswer json(int status, String body) {
    return new HttpAnswer(status, "application/json", body);
  }
}
