package whorl.collector.scopes;

import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Scoped;

/** The answers for what does not exist, or what the caller does not see: they are the same. */
final class Unseen {
  private Unseen() {}

  static ProblemException of(Scoped thing) {
    return switch (thing) {
      case EVIDENCE -> answer("evidence", "list it with GET /api/v1/evidence");
      case AGENT -> answer("agent", "GET /api/v1/agents lists all");
      case ALERT -> answer("alert", "GET /api/v1/alerts lists all");
      case ALERT_GROUP -> answer("group of alerts", "GET /api/v1/alert-groups lists all");
      case CAPTURE -> answer("capture", "GET /api/v1/captures lists all");
      case CASE -> answer("case", "GET /api/v1/cases lists all");
      default -> throw new IllegalArgumentException("not a thing: " + thing);
    };
  }

  private static ProblemException answer(String what, String remedy) {
    return new ProblemException(404, "no such " + what, remedy);
  }
}
