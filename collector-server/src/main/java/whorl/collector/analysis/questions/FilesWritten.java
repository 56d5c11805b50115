package whorl.collector.analysis.questions;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.findings.FindingBuilder;
import whorl.collector.analysis.findings.ReportedFinding;
import whorl.collector.analysis.findings.Subject;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Tactic;
import whorl.collector.analysis.kinds.Technique;
import whorl.collector.analysis.kinds.WrittenPath;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.RowDispatcher;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.analysis.trail.Trail;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.Where;

/** Reports files that suspect requests created, changed, made executable, moved and deleted. */
public final class FilesWritten implements Analysis {
  private static final int PATHS_MAX = 1_000;
  private static final int FINDINGS_MAX = 40;
  private static final int COMMANDS_MAX = 200;
  private static final int HASH_ROWS = 50;

  @Override
  public String name() {
    return "files-written";
  }

  /** What happened to one file. */
  private static final class FileHistory {
    final String path;
    final FindingBuilder builder;
    final List<String> actions = new ArrayList<>();
    String actor = "";
    boolean written;
    boolean executable;
    boolean removed;
    boolean suspect;

    FileHistory(Analysis analysis, String path) {
      this.path = path;
      this.builder = new FindingBuilder(analysis.name());
    }

    void add(Trail trail, RowView row, String action, Tactic tactic) {
      if (builder.isEmpty()) {
        actor = trail.actor(row);
      }
      suspect |= trail.isSuspect(row);
      boolean repeated = !actions.isEmpty() && actions.get(actions.size() - 1).startsWith(action);
      if (repeated) {
        builder.row(row);
        return;
      }
      if (actions.size() < 10) {
        actions.add(action + " at " + Phrases.clock(row.time()));
      }
      builder.subject(trail.request(row));
      builder.step(row, tactic, action + " " + Phrases.cut(path));
    }
  }

  @Override
  public Conclusion subscribe(AnalysisContext context, RowDispatcher rowDispatcher) {
    Trail trail = context.trail();
    Map<String, FileHistory> files = new LinkedHashMap<>();
    List<String> commands = new ArrayList<>();
    rowDispatcher.subscribe(
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
          boolean suspicious =
              trail.mayBeIntruders(row) && WrittenPath.of(path) != WrittenPath.OTHER;
          FileHistory file = files.get(path);
          if (file == null) {
            if (!(suspect || suspicious) || !row.writes() || files.size() >= PATHS_MAX) {
              return;
            }
            file = new FileHistory(this, path);
            files.put(path, file);
          }
          addRow(trail, file, row);
        });
    return () -> {
      List<ReportedFinding> results = new ArrayList<>();
      for (FileHistory file : files.values()) {
        if (results.size() < FINDINGS_MAX) {
          results.add(result(context, file, commands));
        }
      }
      return results;
    };
  }

  private static void addRow(Trail trail, FileHistory file, RowView row) {
    if (!row.writes()) {
      return;
    }
    switch (row.action()) {
      case "whorl.FileOpen" -> {
        file.written = true;
        file.add(
            trail, row, row.flag("created") ? "created" : "wrote to", Tactic.COMMAND_AND_CONTROL);
      }
      case "whorl.FileMode" -> {
        boolean executable =
            !row.flag("folder") && isExecutable(row.textOr(Column.FILE_MODE, "mode"));
        file.executable |= executable;
        file.add(
            trail,
            row,
            executable ? "made executable" : "changed the mode of",
            Tactic.DEFENSE_EVASION);
      }
      case "whorl.FileRename" ->
          file.add(
              trail,
              row,
              "renamed (to " + Phrases.cut(row.fileTarget()) + ")",
              Tactic.DEFENSE_EVASION);
      case "whorl.FileLink" ->
          file.add(
              trail,
              row,
              "linked (to " + Phrases.cut(row.fileTarget()) + ")",
              Tactic.DEFENSE_EVASION);
      default -> {
        file.removed = true;
        file.add(trail, row, "deleted", Tactic.DEFENSE_EVASION);
      }
    }
  }

  private ReportedFinding result(AnalysisContext context, FileHistory file, List<String> commands)
      throws IOException {
    WrittenPath kind = WrittenPath.of(file.path);
    boolean started =
        file.path.length() > 4 && commands.stream().anyMatch(line -> line.contains(file.path));
    String sha256 = file.written ? sha256(context, file.path) : null;
    FindingBuilder builder = file.builder.severity(severity(file, kind, started));
    builder.techniques(kind.techniques());
    if (file.executable) {
      builder.technique(Technique.FILE_PERMISSIONS);
    }
    if (file.removed) {
      builder.technique(Technique.FILE_DELETION);
    }
    if (file.written && builder.severity().atLeast(Severity.HIGH)) {
      builder.technique(Technique.TOOL_TRANSFER);
    }
    builder.subject(Subject.Kind.FILE, file.path).subject(Subject.Kind.HASH, sha256);
    String path = Phrases.cut(file.path);
    String text =
        "At "
            + Phrases.at(builder.time())
            + " "
            + file.actor
            + " changed "
            + path
            + (kind == WrittenPath.OTHER ? "" : ", a file " + kind.description())
            + ": "
            + Phrases.list(file.actions)
            + "."
            + (started ? " A program was started with its path." : "")
            + (file.removed && file.written ? " It was removed again." : "")
            + (sha256 == null
                ? file.written ? " Its content is not in this evidence." : ""
                : " Its SHA-256 is " + sha256 + ".");
    return builder.build(file.path, title(file, path), text);
  }

  private static String title(FileHistory file, String path) {
    if (!file.written) {
      return file.removed ? "Deleted " + path : "Changed " + path;
    }
    return (file.executable ? "Dropped an executable: " : "Wrote ") + path;
  }

  private static Severity severity(FileHistory file, WrittenPath kind, boolean started) {
    if (!file.suspect) {
      return kind.persists() || started ? Severity.HIGH : Severity.LOW;
    }
    if (started && file.written) {
      return Severity.CRITICAL;
    }
    boolean log = file.removed && !file.written && isLog(file.path);
    return file.executable || kind != WrittenPath.OTHER || log ? Severity.HIGH : Severity.MEDIUM;
  }

  private static boolean isLog(String path) {
    String lower = path.toLowerCase(Locale.ROOT);
    return lower.endsWith(".log") || lower.startsWith("/var/log/") || lower.contains("access_log");
  }

  /** True if anyone may execute the file after this change of mode. */
  public static boolean isExecutable(String mode) {
    if (mode.contains("+x")) {
      return true;
    }
    if (mode.isEmpty() || mode.length() > 8 || !mode.chars().allMatch(c -> c >= '0' && c <= '7')) {
      return mode.length() <= 10 && mode.indexOf('x') >= 0;
    }
    return (Integer.parseInt(mode, 8) & 0111) != 0;
  }

  /** Returns the SHA-256 of the file if its content or listing is in the evidence, else null. */
  public static @Nullable String sha256(AnalysisContext context, String path) throws IOException {
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
