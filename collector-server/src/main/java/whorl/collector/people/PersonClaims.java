package whorl.collector.people;

import com.nimbusds.jwt.JWTClaimsSet;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Person;
import whorl.collector.identity.keys.Refusal;
import whorl.collector.identity.keys.RefusedException;
import whorl.evidence.Text;

/** Reads who a verified token names. */
final class PersonClaims {
  private static final Pattern SUBJECT = Pattern.compile("[\\x21-\\x7e]{1,255}");
  private static final Pattern UNUSUAL = Pattern.compile("[^\\p{L}\\p{N}@._+=~-]");
  private static final int USERNAME_MAX_CHARS = 64;
  private static final int DISPLAY_MAX_CHARS = 100;
  private static final int MAX_GROUPS = 2_000;
  private static final int GROUP_MAX_CHARS = 256;
  private static final String SERVICE_ACCOUNT = "service-account-";

  private final String groupsClaim;

  /**
   * @param groupsClaim the name of a claim, or a path with dots into objects
   */
  PersonClaims(String groupsClaim) {
    this.groupsClaim = groupsClaim;
  }

  /**
   * The person.
   *
   * @throws RefusedException if it is none, or if a claim is not of its type
   */
  Person person(String issuer, JWTClaimsSet claims) throws RefusedException {
    String subject = claims.getSubject();
    if (subject == null || !SUBJECT.matcher(subject).matches()) {
      throw new RefusedException(
          Refusal.MALFORMED, "its subject (sub) is not 1 to 255 printable ASCII characters");
    }
    requirePerson(claims, subject);
    String username = text(claims, "preferred_username");
    String name = text(claims, "name");
    return new Person(
        issuer,
        subject,
        Text.atMost(UNUSUAL.matcher(username).replaceAll("_"), USERNAME_MAX_CHARS),
        Text.atMost(
            printable(name.isBlank() ? username.isBlank() ? subject : username : name),
            DISPLAY_MAX_CHARS),
        groups(claims));
  }

  /** Machines of the same issuer must not pass as people. */
  private static void requirePerson(JWTClaimsSet claims, String subject) throws RefusedException {
    boolean ofPod =
        claims.getClaim("kubernetes.io") != null || subject.startsWith("system:serviceaccount:");
    Object client = claims.getClaim("client_id");
    boolean ofClient =
        subject.equals(client)
            || subject.equals(claims.getClaim("azp"))
            || (client != null && text(claims, "preferred_username").startsWith(SERVICE_ACCOUNT));
    if (ofPod || ofClient) {
      throw new RefusedException(Refusal.KIND, "it is of a service account and not of a person");
    }
  }

  private List<String> groups(JWTClaimsSet claims) throws RefusedException {
    Object value = claims.getClaim(groupsClaim);
    if (value == null && groupsClaim.contains(".")) {
      value = claims.getClaims();
      for (String step : groupsClaim.split("\\.")) {
        value = value instanceof Map<?, ?> map ? map.get(step) : null;
      }
    }
    if (value == null) {
      return List.of();
    }
    List<String> groups = new ArrayList<>();
    for (Object each : value instanceof List<?> list ? list : List.of(value)) {
      if (!(each instanceof String group) || group.length() > GROUP_MAX_CHARS) {
        throw new RefusedException(
            Refusal.MALFORMED,
            "its claim " + groupsClaim + " is not a list of texts of at most 256 characters");
      }
      groups.add(group);
    }
    if (groups.size() > MAX_GROUPS) {
      throw new RefusedException(
          Refusal.MALFORMED, "its claim " + groupsClaim + " names more than " + MAX_GROUPS);
    }
    return groups;
  }

  private static String text(JWTClaimsSet claims, String name) {
    try {
      String text = claims.getStringClaim(name);
      return text == null ? "" : text;
    } catch (ParseException e) {
      return ""; // only shown; a name of another type says nothing
    }
  }

  static String printable(String text) {
    return text.replaceAll("\\p{C}", "_");
  }

  /** The session at the provider; null if the token does not name it. */
  static @Nullable String session(JWTClaimsSet claims) {
    String session = text(claims, "sid");
    return SUBJECT.matcher(session).matches() ? session : null;
  }
}
