package whorl.collector.analysis.questions;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.findings.FindingBuilder;
import whorl.collector.analysis.findings.ReportedFinding;
import whorl.collector.analysis.findings.Subject;
import whorl.collector.analysis.kinds.SensitivePath;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Technique;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.RowDispatcher;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.analysis.trail.Trail;

/** Reports sensitive files that were read, and other files that suspect requests opened. */
public final class FilesRead implements Analysis {
  private static final int PATHS_MAX = 1_000;

  @Override
  public String name() {
    return "files-read";
  }

  /** The files of one kind that were opened. */
  private static final class OpenedFiles {
    final FindingBuilder builder;
    final Set<String> read = new LinkedHashSet<>();
    final Set<String> refused = new LinkedHashSet<>();
    String actor = "";

    OpenedFiles(FindingBuilder builder) {
      this.builder = builder;
    }

    void add(Trail trail, RowView row, String path, boolean failed) {
      if (builder.isEmpty()) {
        actor = trail.actor(row);
      }
      Set<String> paths = failed ? refused : read;
      if (paths.size() < PATHS_MAX) {
        paths.add(Phrases.cut(path));
      }
      builder.subject(Subject.Kind.FILE, path).subject(trail.request(row));
    }
  }

  @Override
  public Conclusion subscribe(AnalysisContext context, RowDispatcher rowDispatcher) {
    Trail trail = context.trail();
    Map<SensitivePath, OpenedFiles> kinds = new EnumMap<>(SensitivePath.class);
    OpenedFiles others = new OpenedFiles(new FindingBuilder(name()));
    rowDispatcher.subscribe(
        List.of("whorl.FileOpen"),
        row -> {
          String path = row.file();
          SensitivePath kind = SensitivePath.of(row);
          boolean suspect = trail.isSuspect(row);
          if ((kind == null && !suspect) || !reads(row) || trail.ownWork().contains(row.id())) {
            return;
          }
          boolean failed = row.flag("failed");
          if (kind == null) {
            if (!isProgram(context, path)) {
              others.add(trail, row, path, failed);
              others.builder.row(row).severity(Severity.LOW).technique(Technique.LOCAL_SYSTEM);
            }
            return;
          }
          Severity severity = severity(trail, row, kind, failed);
          if (severity == null) {
            return;
          }
          OpenedFiles opened =
              kinds.computeIfAbsent(kind, any -> new OpenedFiles(new FindingBuilder(name())));
          opened.add(trail, row, path, failed);
          opened.builder.severity(severity).techniques(kind.techniques());
          opened.builder.step(
              row,
              kind.techniques().get(0).tactic(),
              (failed ? "tried to read " : "read ") + Phrases.cut(path));
        });
    return () -> {
      List<ReportedFinding> results = new ArrayList<>();
      kinds.forEach((kind, opened) -> results.add(result(kind, opened)));
      if (!others.builder.isEmpty()) {
        results.add(
            others.builder.build(
                "others",
                "Suspect requests opened other files",
                Phrases.sentence(others.actor)
                    + " and those like it also opened "
                    + Phrases.list(allPaths(others))
                    + ". None of them is known to hold secrets."));
      }
      return results;
    };
  }

  private ReportedFinding result(SensitivePath kind, OpenedFiles opened) {
    FindingBuilder builder = opened.builder;
    boolean wasRead = !opened.read.isEmpty();
    StringBuilder text = new StringBuilder();
    text.append("At ").append(Phrases.at(builder.time())).append(' ').append(opened.actor);
    if (wasRead) {
      text.append(" read ")
          .append(Phrases.list(opened.read))
          .append(", ")
          .append(kind.description());
    }
    if (!opened.refused.isEmpty()) {
      text.append(wasRead ? "; it tried " : " tried ")
          .append("to read ")
          .append(Phrases.list(opened.refused))
          .append(wasRead ? " too" : ", " + kind.description())
          .append(", which was not there or could not be opened");
    }
    text.append('.');
    if (wasRead && kind.secret() != null) {
      text.append(" Rotate ").append(kind.secret()).append("; the intruder may have a copy.");
    }
    return builder.build(
        kind.name(), (wasRead ? "Read " : "Tried to read ") + kind.description(), text.toString());
  }

  /** Returns the severity, or null if the access is ordinary. */
  private static @Nullable Severity severity(
      Trail trail, RowView row, SensitivePath kind, boolean failed) {
    boolean secret = kind.secret() != null;
    if (trail.isSuspect(row)) {
      return failed || !secret ? Severity.MEDIUM : Severity.HIGH;
    }
    if (failed || !secret) {
      return null;
    }
    return switch (kind) {
      case ENVIRONMENT, MEMORY, PASSWORD_HASHES -> Severity.HIGH;
      case CONFIGURATION, KEY_MATERIAL -> null;
      default -> trail.mayBeIntruders(row) ? Severity.LOW : Severity.INFORMATIONAL;
    };
  }

  /** True if the path is code or part of the JDK. Any request may open these. */
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

  private static Set<String> allPaths(OpenedFiles opened) {
    Set<String> all = new LinkedHashSet<>(opened.read);
    all.addAll(opened.refused);
    return all;
  }
}
