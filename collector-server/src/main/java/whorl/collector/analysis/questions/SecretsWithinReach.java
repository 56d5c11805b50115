package whorl.collector.analysis.questions;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import whorl.collector.analysis.findings.FindingBuilder;
import whorl.collector.analysis.findings.ReportedFinding;
import whorl.collector.analysis.findings.Subject;
import whorl.collector.analysis.kinds.SensitivePath;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Technique;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.RowDispatcher;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.analysis.trail.EntryPoint;
import whorl.collector.analysis.trail.Trail;

/** Reports which secrets the intruder may have read and which must be rotated. */
public final class SecretsWithinReach implements Analysis {
  private static final String ENVIRONMENT = String.valueOf(SensitivePath.ENVIRONMENT.secret());
  private static final int NAMED_MAX = 1_000;
  private static final int LINE_CHARS = 2_000;

  /**
   * A web token begins where its characters do: else each of many is read to the end. No other
   * secret begins at a word boundary, which reads back over all accents before it.
   */
  private static final Pattern SECRET =
      Pattern.compile(
          "-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----"
              + "|(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}+\\.[A-Za-z0-9_-]{10,}+\\."
              + "|(?<!\\w)(?:(AKIA|ASIA)[0-9A-Z]{16}\\b"
              + "|gh[pousr]_[A-Za-z0-9]{30,}|xox[abpr]-[A-Za-z0-9-]{10,}|AGE-SECRET-KEY-1"
              + "|(?i:(password|passwd|pwd|secret|api[_-]?key|access[_-]?token)\\b\\s*[=:]\\s*[^\\s*]{6,}))");

  @Override
  public String name() {
    return "secrets";
  }

  @Override
  public Conclusion subscribe(AnalysisContext context, RowDispatcher rowDispatcher) {
    Trail trail = context.trail();
    FindingBuilder builder = new FindingBuilder(name());
    Set<String> rotate = new LinkedHashSet<>();
    Set<String> mounted = new LinkedHashSet<>();
    rowDispatcher.subscribe(
        List.of("whorl.FileOpen"),
        row -> {
          String path = row.file();
          SensitivePath kind = SensitivePath.of(row);
          if (kind == null
              || kind.secret() == null
              || row.flag("failed")
              || trail.ownWork().contains(row.id())) {
            return;
          }
          String access = row.field("access");
          boolean read = access == null || access.contains("read");
          if (read && trail.isSuspect(row)) {
            builder.row(row).severity(Severity.HIGH).techniques(kind.techniques());
            builder.subject(Subject.Kind.SECRET, kind.secret() + " (" + Phrases.cut(path) + ")");
            rotate.add(kind.secret());
          } else if (read && mounted.size() < NAMED_MAX) {
            mounted.add(Phrases.cut(path));
          }
        });
    FindingBuilder consoleLines = collectConsoleLines(rowDispatcher);
    return () -> {
      List<ReportedFinding> results = new ArrayList<>();
      boolean ranForeignCode = !trail.ranCode().isEmpty();
      if (ranForeignCode) {
        addAllSecrets(context, builder, rotate, mounted);
      }
      if (!builder.isEmpty()) {
        List<String> names = context.process().secrets();
        boolean environment = ranForeignCode || rotate.contains(ENVIRONMENT);
        for (String name : environment ? names : List.<String>of()) {
          builder.subject(Subject.Kind.SECRET, name);
        }
        results.add(
            builder.build(
                "reach",
                "Secrets within the intruder's reach",
                "Rotate these secrets and assume that the intruder has them: "
                    + Phrases.list(rotate)
                    + "."
                    + (environment && !names.isEmpty()
                        ? " These variables and properties are secrets by their names: "
                            + String.join(", ", names.subList(0, Math.min(20, names.size())))
                            + (names.size() > 20 ? " and " + (names.size() - 20) + " more" : "")
                            + "."
                        : "")
                    + " Rotate them also in other services that share them, and look for their use since "
                    + Phrases.at(builder.time())
                    + "."));
      }
      if (!consoleLines.isEmpty()) {
        results.add(console(consoleLines));
      }
      return results;
    };
  }

  /** Foreign code ran in the process, so it could read everything that the process can read. */
  private static void addAllSecrets(
      AnalysisContext context, FindingBuilder builder, Set<String> rotate, Set<String> mounted) {
    Trail trail = context.trail();
    for (EntryPoint entryPoint : trail.entryPoints()) {
      if (entryPoint.request() != null
          && trail.ranCode().contains(entryPoint.request())
          && entryPoint.ranCode()) {
        builder.row(entryPoint.row());
      }
    }
    builder.severity(Severity.HIGH).technique(Technique.CREDENTIALS_IN_FILES);
    rotate.add(ENVIRONMENT);
    rotate.add(
        "every secret that the application held in memory (database passwords, keys, sessions)");
    for (String path : mounted) {
      builder.subject(Subject.Kind.SECRET, path);
      rotate.add(path);
    }
  }

  /** Collects console lines that look like secrets. */
  private FindingBuilder collectConsoleLines(RowDispatcher rowDispatcher) {
    FindingBuilder builder =
        new FindingBuilder(name()).severity(Severity.LOW).technique(Technique.CREDENTIALS_IN_FILES);
    rowDispatcher.subscribe(
        List.of("whorl.Console", "console.line"),
        row -> {
          String text = row.field("line");
          String line = text == null ? "" : text;
          String start = line.length() > LINE_CHARS ? line.substring(0, LINE_CHARS) : line;
          if (SECRET.matcher(start).find()) {
            builder.row(row);
          }
        });
    return builder;
  }

  private static ReportedFinding console(FindingBuilder consoleLines) {
    return consoleLines.build(
        "console",
        "What looks like a secret was printed",
        Phrases.count(consoleLines.seen(), "line")
            + " of the console, the first at "
            + Phrases.at(consoleLines.time())
            + ", "
            + (consoleLines.seen() == 1 ? "looks" : "look")
            + " like holding a key, a token or a password. Everyone who can read the application's log can read it.");
  }
}
