package whorl.collector.people.tokens;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Role;
import whorl.collector.store.access.Part;
import whorl.evidence.Text;

/** The token that a person wants, checked. */
record TokenOrder(String name, Role role, Part part, Instant expires) {
  /** No token lasts longer. */
  static final Duration MAX_LIFE = Duration.ofDays(366);

  private static final int NAME_MAX_CHARS = 100;
  private static final int VALUES_MAX = 64;
  private static final int VALUE_MAX_CHARS = 256;

  /** The body of {@code POST /api/v1/tokens}. */
  record Body(
      @Nullable String name,
      @Nullable String role,
      @Nullable List<@Nullable String> namespaces,
      @Nullable List<@Nullable String> services,
      @Nullable Map<String, @Nullable String> labels,
      @Nullable String expires) {}

  /**
   * @throws ProblemException 400 naming the field and what is allowed
   */
  static TokenOrder of(Body body, Instant now) {
    String name = body.name() == null ? "" : body.name().strip();
    if (name.isEmpty()
        || name.length() > NAME_MAX_CHARS
        || name.chars().anyMatch(Character::isISOControl)) {
      throw bad("name: give one of 1 to " + NAME_MAX_CHARS + " characters, such as ci");
    }
    return new TokenOrder(
        name,
        role(body.role()),
        new Part(
            values("namespaces", body.namespaces()),
            values("services", body.services()),
            labels(body.labels())),
        expires(body.expires(), now));
  }

  private static Role role(@Nullable String word) {
    Role role = word == null ? Role.VIEWER : Role.of(word);
    if (role == null || !role.permits(Role.VIEWER)) {
      throw bad("role: not viewer, responder or admin: " + Text.shortened(String.valueOf(word)));
    }
    return role;
  }

  private static Set<String> values(String field, @Nullable List<@Nullable String> values) {
    if (values == null) {
      return Set.of();
    }
    if (values.size() > VALUES_MAX || !values.stream().allMatch(TokenOrder::isValue)) {
      throw bad(
          field
              + ": give at most "
              + VALUES_MAX
              + " names of 1 to "
              + VALUE_MAX_CHARS
              + " characters; leave it out for all that you may see");
    }
    return Set.copyOf(values);
  }

  private static Map<String, String> labels(@Nullable Map<String, @Nullable String> labels) {
    if (labels == null) {
      return Map.of();
    }
    if (labels.size() > VALUES_MAX
        || !labels.keySet().stream().allMatch(TokenOrder::isValue)
        || !labels.values().stream().allMatch(TokenOrder::isValue)) {
      throw bad("labels: give at most " + VALUES_MAX + " labels, each with a name and a value");
    }
    return Map.copyOf(labels);
  }

  private static boolean isValue(@Nullable String value) {
    return value != null && !value.isBlank() && value.length() <= VALUE_MAX_CHARS;
  }

  private static Instant expires(@Nullable String text, Instant now) {
    Instant expires;
    try {
      expires = text == null ? null : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException notATime) {
      expires = null;
    }
    if (expires == null) {
      throw bad(
          "expires: a time such as "
              + now.plus(Duration.ofDays(30)).toString().replaceAll("T.*", "T00:00:00Z")
              + " is needed: "
              + Text.shortened(String.valueOf(text)));
    }
    if (!expires.isAfter(now) || expires.isAfter(now.plus(MAX_LIFE))) {
      throw bad(
          "expires: "
              + expires
              + (expires.isAfter(now) ? " is more than " : " is past; give a time within ")
              + MAX_LIFE.toDays()
              + (expires.isAfter(now)
                  ? " days from now; no token lasts longer"
                  : " days from now"));
    }
    return expires;
  }

  private static ProblemException bad(String detail) {
    return new ProblemException(400, "bad token request", detail);
  }
}
