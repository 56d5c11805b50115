package whorl.collector.analysis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.Where;

/** Which files suspect requests made, changed, made executable, moved and removed. */
final class FilesWritten implements Analysis {
  private static final int PATHS_MAX = 1_000;
  private static final int FINDINGS_MAX = 40;
  private static final int COMMANDS_MAX = 200;
  private static final int HASH_ROWS = 50;

  @Override
  public String name() {
    return "files-written";
  }

  /** One file's story. */
  private static final class Story {
    final String path;
    final FindingBuilder draft;
    final List<String> deeds = new ArrayList<>();
    String during = "";
    boolean written;
    boolean executable;
    boolean removed;
    boolean suspect;

    Story(Analysis analysis, String path) {
      this.path = path;
      this.draft = new FindingBuilder(analysis);
    }

    void add(Trail trail, RowView row, String deed, Tactic tactic) {
      if (draft.isEmpty()) {
        during = trail.during(row);
      }
      suspect |= trail.isSuspect(row);
      boolean repeated = !deeds.isEmpty() && deeds.get(deeds.size() - 1).startsWith(deed);
      if (repeated) {
        draft.row(row);
        return;
      }
      if (deeds.size() < 10) {
        deeds.add(deed + " at " + Phrases.clock(row.time()));
      }
      draft.subject(trail.request(row));
      draft.step(row, tactic, deed + " " + Phrases.cut(path));
    }
  }

  @Override
  public Conclusion look(AnalysisContext context, RowDispatcher rowDispatcher) {
    Trail trail = context.trail();
    Map<String, Story> stories = new LinkedHashMap<>();
    List<String> commands = new ArrayList<>();
    rowDispatcher.each(
        List.of(
            "whorl.FileOpen",
            "whorl.FileMode",
            "whorl.FileRename",
            "whorl.FileLink",
            "whorl.FileDelete",
            "whorl.ProcessStart"),
        row -> {
          if (row.is("whorl.ProcessStart")) {
            if (commands.size() < COMMANDS_MAX) {
              commands.add(row.textOr(Column.COMMAND_LINE, "command"));
            }
            return;
          }
          if (trail.ownWork().contains(row.id())) {
            return;
          }
          String path = row.file();
          boolean suspect = trail.isSuspect(row);
          boolean telling = trail.isLoose(row) && WrittenPath.of(path) != WrittenPath.OTHER;
          Story story = stories.get(path);
          if (story == null) {
            if (!(suspect || telling) || !writes(row) || stories.size() >= PATHS_MAX) {
              return;
            }
            story = new Story(this, path);
            stories.put(path, story);
          }
          tell(trail, story, row);
        });
    return () -> {
      List<Found> found = new ArrayList<>();
      for (Story story : stories.values()) {
        if (found.size() < FINDINGS_MAX) {
          found.add(found(context, story, commands));
        }
      }
      return found;
    };
  }

  /** Whether the row changes anything in the file system. */
  static boolean writes(RowView row) {
    if (!row.is("whorl.FileOpen")) {
      return true;
    }
    String access = row.field("access");
    return access != null && !access.equals("read") && !row.flag("failed");
  }

  private static void tell(Trail trail, Story story, RowView row) {
    if (!writes(row)) {
      return;
    }
    switch (row.action()) {
      case "whorl.FileOpen" -> {
        story.written = true;
        story.add(
            trail, row, row.flag("created") ? "created" : "wrote to", Tactic.COMMAND_AND_CONTROL);
      }
      case "whorl.FileMode" -> {
        boolean executable =
            !row.flag("folder") && isExecutable(row.textOr(Column.FILE_MODE, "mode"));
        story.executable |= executable;
        story.add(
            trail,
            row,
            executable ? "made executable" : "changed the mode of",
            Tactic.DEFENSE_EVASION);
      }
      case "whorl.FileRename" ->
          story.add(
              trail,
              row,
              "renamed (to " + Phrases.cut(row.fileTarget()) + ")",
              Tactic.DEFENSE_EVASION);
      case "whorl.FileLink" ->
          story.add(
              trail,
              row,
              "linked (to " + Phrases.cut(row.fileTarget()) + ")",
              Tactic.DEFENSE_EVASION);
      default -> {
        story.removed = true;
        story.add(trail, row, "deleted", Tactic.DEFENSE_EVASION);
      }
    }
  }

  private Found found(AnalysisContext context, Story story, List<String> commands)
      throws IOException {
    WrittenPath kind = WrittenPath.of(story.path);
    boolean started =
        story.path.length() > 4 && commands.stream().anyMatch(line -> line.contains(story.path));
    String sha256 = story.written ? sha256(context, story.path) : null;
    FindingBuilder draft = story.draft.severity(severity(story, kind, started));
    draft.techniques(kind.techniques());
    if (story.executable) {
      draft.technique(Technique.FILE_PERMISSIONS);
    }
    if (story.removed) {
      draft.technique(Technique.FILE_DELETION);
    }
    if (story.written && draft.severity().atLeast(Severity.HIGH)) {
      draft.technique(Technique.TOOL_TRANSFER);
    }
    draft.subject(Subject.Kind.FILE, story.path).subject(Subject.Kind.HASH, sha256);
    String path = Phrases.cut(story.path);
    String text =
        "At "
            + Phrases.at(draft.time())
            + " "
            + story.during
            + " touched "
            + path
            + (kind == WrittenPath.OTHER ? "" : ", a file " + kind.what())
            + ": "
            + Phrases.list(story.deeds)
            + "."
            + (started ? " A program was started with its path." : "")
            + (story.removed && story.written ? " It was removed again." : "")
            + (sha256 == null
                ? story.written ? " Its content is not in this evidence." : ""
                : " Its SHA-256 is " + sha256 + ".");
    return draft.found(story.path, title(story, path), text);
  }

  private static String title(Story story, String path) {
    if (!story.written) {
      return story.removed ? "Deleted " + path : "Changed " + path;
    }
    return (story.executable ? "Dropped an executable: " : "Wrote ") + path;
  }

  private static Severity severity(Story story, WrittenPath kind, boolean started) {
    if (!story.suspect) {
      return kind.persists() || started ? Severity.HIGH : Severity.LOW;
    }
    if (started && story.written) {
      return Severity.CRITICAL;
    }
    boolean log = story.removed && !story.written && isLog(story.path);
    return story.executable || kind != WrittenPath.OTHER || log ? Severity.HIGH : Severity.MEDIUM;
  }

  private static boolean isLog(String path) {
    String lower = path.toLowerCase(Locale.ROOT);
    return lower.endsWith(".log") || lower.startsWith("/var/log/") || lower.contains("access_log");
  }

  /** Whether somebody may run it after this change of mode. */
  static boolean isExecutable(String mode) {
    if (mode.contains("+x")) {
      return true;
    }
    if (mode.isEmpty() || mode.length() > 8 || !mode.chars().allMatch(c -> c >= '0' && c <= '7')) {
      return mode.length() <= 10 && mode.indexOf('x') >= 0;
    }
    return (Integer.parseInt(mode, 8) & 0111) != 0;
  }

  /** The digest of a file whose content or listing is in the evidence; null where it is not. */
  static @Nullable String sha256(AnalysisContext context, String path) throws IOException {
    TimelineQuery query =
        TimelineQuery.of(context.evidence().id())
            .where(Column.FILE_PATH, Where.Op.EQ, path)
            .page(HASH_ROWS, null);
    for (Row row : context.timeline().page(query).rows()) {
      String sha256 = row.text(Column.FILE_SHA256);
      if (sha256 != null && sha256.matches("[0-9a-f]{64}")) {
        return sha256;
      }
    }
    return null;
  }
}
