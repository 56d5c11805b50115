package whorl.collector.cli.ids;

import org.jspecify.annotations.Nullable;

/** What an id names, and how its id is found. */
public enum IdKind {
  EVIDENCE("evidence", "evidence", "whorl evidence list"),
  CAPTURE("capture", "capture", "whorl captures"),
  ALERT("alert", "alert", "whorl alerts --each"),
  ALERT_GROUP("group of alerts", "alert-group", "whorl alerts"),
  AGENT("agent", "agent", "whorl agents"),
  CASE("case", null, "whorl cases list", "cases", "cases"),
  HUNT("hunt", null, "whorl hunts", "hunts", "hunts"),
  PROBE("probe", null, "whorl probes", "probes", "probes"),
  VIEW("saved view", null, "whorl views", "views", "views"),
  MUTE("mute", null, "whorl alerts mutes", "alert-mutes", "mutes"),
  TOKEN("API token", null, "whorl tokens list", "tokens", "tokens"),
  MESSAGE("message", null, "whorl notifications dead", "notifications/dead", "messages");

  private final String words;
  private final @Nullable String lookup;
  private final String listing;
  private final String path;
  private final String list;

  IdKind(String words, String lookup, String listing) {
    this(words, lookup, listing, "ids", "ids");
  }

  IdKind(String words, @Nullable String lookup, String listing, String path, String list) {
    this.words = words;
    this.lookup = lookup;
    this.listing = listing;
    this.path = path;
    this.list = list;
  }

  /** What it is, in words. */
  String words() {
    return words;
  }

  /** The word of the API by which the collector finds ids; null if it can't. */
  @Nullable String lookup() {
    return lookup;
  }

  /** The command that lists them. */
  String listing() {
    return listing;
  }

  /** The path of their list, below the API. */
  String path() {
    return path;
  }

  /** The name of the list in the response. */
  String list() {
    return list;
  }

  /** True if the newest can be meant; of these others, a person chooses one with care. */
  boolean hasLatest() {
    return this != MUTE && this != TOKEN && this != MESSAGE && this != VIEW;
  }

  /** This one of the kind, as a filter of a list; null if none is given. */
  public @Nullable AskedId of(@Nullable GivenId given) {
    return given == null ? null : new AskedId(this, given);
  }
}
