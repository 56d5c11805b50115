package whorl.collector.analysis;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What the intruder could have learnt, hence what to change. */
final class SecretsWithinReach implements Analysis {
  private static final String ENVIRONMENT = String.valueOf(SensitivePath.ENVIRONMENT.secret());
  private static final int NAMED_MAX = 1_000;
  private static final int LINE_CHARS = 2_000;
  private static final Pattern SHAPES =
      Pattern.compile(
          "-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----|\\b(AKIA|ASIA)[0-9A-Z]{16}\\b|\\beyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}\\."
              + "|\\bgh[pousr]_[A-Za-z0-9]{30,}|\\bxox[abpr]-[A-Za-z0-9-]{10,}|\\bAGE-SECRET-KEY-1"
              + "|(?i)\\b(password|passwd|pwd|secret|api[_-]?key|access[_-]?token)\\b\\s*[=:]\\s*[^\\s*]{6,}");

  @Override
  public String name() {
    return "secrets";
  }

  @Override
  public Conclusion look(AnalysisContext context, RowDispatcher rowDispatcher) {
    Trail trail = context.trail();
    FindingBuilder draft = new FindingBuilder(this);
    Set<String> change = new LinkedHashSet<>();
    Set<String> mounted = new LinkedHashSet<>();
    rowDispatcher.each(
        List.of("whorl.FileOpen"),
        row -> {
          String path = row.file();
          SensitivePath kind = SensitivePath.of(path);
          if (kind == null
              || kind.secret() == null
              || row.flag("failed")
              || trail.ownWork().contains(row.id())) {
            return;
          }
          String access = row.field("access");
          boolean read = access == null || access.contains("read");
          if (read && trail.isSuspect(row)) {
            draft.row(row).severity(Severity.HIGH).techniques(kind.techniques());
            draft.subject(Subject.Kind.SECRET, kind.secret() + " (" + Phrases.cut(path) + ")");
            change.add(kind.secret());
          } else if (read && mounted.size() < NAMED_MAX) {
            mounted.add(Phrases.cut(path));
          }
        });
    FindingBuilder printed = printed(rowDispatcher);
    return () -> {
      List<Found> found = new ArrayList<>();
      boolean inside = !trail.ran().isEmpty();
      if (inside) {
        inside(context, draft, change, mounted);
      }
      if (!draft.isEmpty()) {
        List<String> names = context.process().secrets();
        boolean environment = inside || change.contains(ENVIRONMENT);
        for (String name : environment ? names : List.<String>of()) {
          draft.subject(Subject.Kind.SECRET, name);
        }
        found.add(
            draft.found(
                "reach",
                "Secrets within the intruder's reach",
                "Take as known to others: "
                    + Phrases.list(change)
                    + "."
                    + (environment && !names.isEmpty()
                        ? " By their names these variables and properties are secrets: "
                            + String.join(", ", names.subList(0, Math.min(20, names.size())))
                            + (names.size() > 20 ? " and " + (names.size() - 20) + " more" : "")
                            + "."
                        : "")
                    + " Change them, those of other services that share them too, and look for their use since "
                    + Phrases.at(draft.time())
                    + "."));
      }
      if (!printed.isEmpty()) {
        found.add(console(printed));
      }
      return found;
    };
  }

  /** Somebody's code ran in the process: it could read whatever the process can. */
  private static void inside(
      AnalysisContext context, FindingBuilder draft, Set<String> change, Set<String> mounted) {
    Trail trail = context.trail();
    for (EntryPoint entryPoint : trail.entrances()) {
      if (entryPoint.request() != null
          && trail.ran().contains(entryPoint.request())
          && entryPoint.ran()) {
        draft.row(entryPoint.row());
      }
    }
    draft.severity(Severity.HIGH).technique(Technique.CREDENTIALS_IN_FILES);
    change.add(ENVIRONMENT);
    change.add("whatever the application held in memory (passwords of data bases, keys, sessions)");
    for (String path : mounted) {
      draft.subject(Subject.Kind.SECRET, path);
      change.add(path);
    }
  }

  /** Lines of the console that look like secrets. */
  private FindingBuilder printed(RowDispatcher rowDispatcher) {
    FindingBuilder draft =
        new FindingBuilder(this).severity(Severity.LOW).technique(Technique.CREDENTIALS_IN_FILES);
    rowDispatcher.each(
        List.of("whorl.Console", "console.line"),
        row -> {
          String told = row.field("line");
          String line = told == null ? "" : told;
          String start = line.length() > LINE_CHARS ? line.substring(0, LINE_CHARS) : line;
          if (SHAPES.matcher(start).find()) {
            draft.row(row);
          }
        });
    return draft;
  }

  private static Found console(FindingBuilder printed) {
    return printed.found(
        "console",
        "What looks like a secret was printed",
        Phrases.count(printed.seen(), "line")
            + " of the console, the first at "
            + Phrases.at(printed.time())
            + ", "
            + (printed.seen() == 1 ? "looks" : "look")
            + " like holding a key, a token or a password. Whoever reads the application's log can read it.");
  }
}
