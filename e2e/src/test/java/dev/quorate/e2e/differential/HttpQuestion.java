package dev.quorate.e2e.differential;

/**
 * One request over HTTP.
 *
 * @param user whose token goes with it; empty for nobody's
 */
record HttpQuestion(String user, String method, String target, String body) {
  static HttpQuestion post(String target, String body) {
    return new HttpQuestion("", "POST", target, body);
  }

  static HttpQuestion get(String target) {
    return new HttpQuestion("", "GET", target, "");
  }

  /** Without what is asked behind the question mark. */
  String path() {
    return target.split("\\?", 2)[0];
  }

  HttpQuestion withBody(String changed) {
    return new HttpQuestion(user, method, target, changed);
  }

  /** One line that shows it. */
  @Override
  public String toString() {
    String shown = body.length() <= 300 ? body : body.substring(0, 300) + "...";
    return "%s%s %s %s".formatted(user.isEmpty() ? "" : "@" + user + " ", method, target, shown);
  }
}
