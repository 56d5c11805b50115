package whorl.collector.cli.terminal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the collector says to programs into commands: its problems name resources of the API,
 * which nobody who types commands should have to know.
 */
public final class ApiWords {
  private static final String API = "/api/v1/";

  /** Where the collector says what lists a thing, a hint below the problem says the same. */
  private static final Pattern LISTED =
      Pattern.compile(
          "(?:[;:] )?(?:list it with )?GET (/api/v1/[A-Za-z0-9/_-]*[A-Za-z0-9])"
              + "(?: lists (?:all|it|them|yours))?(?=$|[.,;:])");

  private static final Pattern HEADER =
      Pattern.compile("; send (?:it once, |others )?as Authorization: Bearer TOKEN");

  private static final String PATHS = "; GET /openapi.yaml lists all paths";

  private static final Map<String, String> REQUESTS =
      Map.of(
          "POST /api/v1/captures", "`whorl capture`",
          "GET /api/v1/evidence/{id}/bag", "`whorl evidence bag`",
          "GET /api/v1/evidence/ID/verify", "`whorl verify`",
          "DELETE /api/v1/schedules", "`whorl schedules remove`",
          "POST /api/v1/custody/acknowledge", "`whorl custody --acknowledge REASON`",
          "GET /readyz", "`whorl doctor`");

  private static final Pattern MARKS =
      Pattern.compile("GET /api/v1/evidence/[a-z0-9-]+/marks\\?row=");

  /** The first part of a path, and the command that lists what is there. */
  private static final Map<String, String> LISTINGS = new LinkedHashMap<>();

  static {
    LISTINGS.put("evidence", "whorl evidence list");
    LISTINGS.put("agents", "whorl agents");
    LISTINGS.put("captures", "whorl captures");
    LISTINGS.put("alerts", "whorl alerts --each");
    LISTINGS.put("alert-groups", "whorl alerts");
    LISTINGS.put("alert-mutes", "whorl alerts mutes");
    LISTINGS.put("cases", "whorl cases list");
    LISTINGS.put("rules", "whorl rules list");
    LISTINGS.put("hunts", "whorl hunts");
    LISTINGS.put("probes", "whorl probes");
    LISTINGS.put("views", "whorl views");
    LISTINGS.put("schedules", "whorl schedules list");
    LISTINGS.put("tokens", "whorl tokens list");
    LISTINGS.put("notifications", "whorl notifications");
    LISTINGS.put("custody", "whorl custody");
    LISTINGS.put("retention", "whorl retention");
    LISTINGS.put("libraries", "whorl libraries");
    LISTINGS.put("timeline", "whorl timeline");
  }

  private ApiWords() {}

  /** The text without what only programs need, and with commands in place of requests. */
  public static String asCommands(String text) {
    String words = HEADER.matcher(text).replaceAll("").replace(PATHS, "");
    Matcher listed = LISTED.matcher(words);
    words = listed.find() && listing(listed.group(1)) != null ? listed.replaceFirst("") : words;
    for (Map.Entry<String, String> request : REQUESTS.entrySet()) {
      words = words.replace(request.getKey(), request.getValue());
    }
    return MARKS.matcher(words).replaceAll("`whorl marks list` --row ");
  }

  /**
   * Says which command lists what was not found.
   *
   * @param problem what the collector says, which may name a list
   * @param path of the request
   * @return null if no command lists it
   */
  public static @Nullable String hint(String problem, @Nullable String path) {
    Matcher listed = LISTED.matcher(problem);
    String command = listed.find() ? listing(listed.group(1)) : null;
    if (command == null && path != null) {
      command = listing(path);
    }
    return command == null ? null : "`" + command + "` shows what there is";
  }

  private static @Nullable String listing(String path) {
    if (!path.startsWith(API)) {
      return null;
    }
    String rest = path.substring(API.length());
    int slash = rest.indexOf('/');
    return LISTINGS.get(slash < 0 ? rest : rest.substring(0, slash));
  }
}
