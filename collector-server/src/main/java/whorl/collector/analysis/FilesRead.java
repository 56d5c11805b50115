package whorl.collector.analysis;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which files were read that matter, and which others a suspect request opened. */
final class FilesRead implements Analysis {
  private static final int PATHS_MAX = 1_000;

  @Override
  public String name() {
    return "files-read";
  }

  /** What is known of the files of one kind. */
  private static final class Opened {
    final FindingBuilder draft;
    final Set<String> read = new LinkedHashSet<>();
    final Set<String> refused = new LinkedHashSet<>();
    String during = "";

    Opened(FindingBuilder draft) {
      this.draft = draft;
    }

    void add(Trail trail, RowView row, String path, boolean failed) {
      if (draft.isEmpty()) {
        during = trail.during(row);
      }
      Set<String> paths = failed ? refused : read;
      if (paths.size() < PATHS_MAX) {
        paths.add(Phrases.cut(path));
      }
      draft.subject(Subject.Kind.FILE, path).subject(trail.request(row));
    }
  }

  @Override
  public Conclusion look(AnalysisContext context, RowDispatcher rowDispatcher) {
    Trail trail = context.trail();
    Map<SensitivePath, Opened> kinds = new EnumMap<>(SensitivePath.class);
    Opened others = new Opened(new FindingBuilder(this));
    rowDispatcher.each(
        List.of("whorl.FileOpen"),
        row -> {
          String path = row.file();
          SensitivePath kind = SensitivePath.of(path);
          boolean suspect = trail.isSuspect(row);
          if ((kind == null && !suspect) || !reads(row) || trail.ownWork().contains(row.id())) {
            return;
          }
          boolean failed = row.flag("failed");
          if (kind == null) {
            if (!isProgram(context, path)) {
              others.add(trail, row, path, failed);
              others.draft.row(row).severity(Severity.LOW).technique(Technique.LOCAL_SYSTEM);
            }
            return;
          }
          Severity severity = severity(trail, row, kind, failed);
          if (severity == null) {
            return;
          }
          Opened opened = kinds.computeIfAbsent(kind, any -> new Opened(new FindingBuilder(this)));
          opened.add(trail, row, path, failed);
          opened.draft.severity(severity).techniques(kind.techniques());
          opened.draft.step(
              row,
              kind.techniques().get(0).tactic(),
              (failed ? "tried to read " : "read ") + Phrases.cut(path));
        });
    return () -> {
      List<Found> found = new ArrayList<>();
      kinds.forEach((kind, opened) -> found.add(found(kind, opened)));
      if (!others.draft.isEmpty()) {
        found.add(
            others.draft.found(
                "others",
                "Suspect requests opened other files",
                Phrases.sentence(others.during)
                    + " and those like it also opened "
                    + Phrases.list(union(others))
                    + ". None of them is known to hold secrets."));
      }
      return found;
    };
  }

  private Found found(SensitivePath kind, Opened opened) {
    FindingBuilder draft = opened.draft;
    boolean got = !opened.read.isEmpty();
    StringBuilder text = new StringBuilder();
    text.append("At ").append(Phrases.at(draft.time())).append(' ').append(opened.during);
    if (got) {
      text.append(" read ").append(Phrases.list(opened.read)).append(", ").append(kind.what());
    }
    if (!opened.refused.isEmpty()) {
      text.append(got ? "; it tried " : " tried ")
          .append("to read ")
          .append(Phrases.list(opened.refused))
          .append(got ? " too" : ", " + kind.what())
          .append(", which was not there or could not be opened");
    }
    text.append('.');
    if (got && kind.secret() != null) {
      text.append(" Take ").append(kind.secret()).append(" as known to others.");
    }
    return draft.found(
        kind.name(), (got ? "Read " : "Tried to read ") + kind.what(), text.toString());
  }

  /** How grave it is; null where it is ordinary. */
  private static @Nullable Severity severity(
      Trail trail, RowView row, SensitivePath kind, boolean failed) {
    boolean grave = kind.secret() != null;
    if (trail.isSuspect(row)) {
      return failed || !grave ? Severity.MEDIUM : Severity.HIGH;
    }
    if (failed || !grave) {
      return null;
    }
    return switch (kind) {
      case ENVIRONMENT, MEMORY, PASSWORD_HASHES -> Severity.HIGH;
      case CONFIGURATION, KEY_MATERIAL -> null;
      default -> trail.isLoose(row) ? Severity.LOW : Severity.INFORMATIONAL;
    };
  }

  /** Whether the path is of code or of the JDK, which any request may open. */
  private static boolean isProgram(AnalysisContext context, String path) {
    String home = context.process().javaHome();
    return path.endsWith(".jar")
        || path.endsWith(".class")
        || path.endsWith(".so")
        || path.startsWith("/usr/share/zoneinfo/")
        || (home != null && path.startsWith(home));
  }

  private static boolean reads(RowView row) {
    String access = row.field("access");
    return access == null || access.contains("read");
  }

  private static Set<String> union(Opened opened) {
    Set<String> all = new LinkedHashSet<>(opened.read);
    all.addAll(opened.refused);
    return all;
  }
}
