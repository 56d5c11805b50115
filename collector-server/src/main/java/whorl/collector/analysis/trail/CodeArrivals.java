package whorl.collector.analysis.trail;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.Request;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.stack.Frames;
import whorl.collector.analysis.stack.Frames.Frame;
import whorl.collector.analysis.stack.OwnWork;
import whorl.collector.detect.PackRule;
import whorl.collector.timeline.Column;

/**
 * The classes and server pages that were added while the JVM ran. Later use of them is recognised
 * by the frames of a stack or by the path of a request.
 */
public final class CodeArrivals {
  /** Row types that may show such code. */
  static final List<String> TYPES =
      List.of(
          "whorl.ClassDefine",
          "whorl.ClassLoad",
          "whorl.Registration",
          "class.found",
          "whorl.FileOpen",
          "whorl.FileRename",
          "whorl.FileLink");

  private static final String DEFINED = "defined it from bytes that are in no jar";
  private static final int NAMES_MAX = 2_000;
  private static final int HIDDEN_MAX = 50;
  private static final int NAME_CHARS = 512;

  private final Map<String, CodeArrival> classes = new HashMap<>();
  private final WrittenPages pages = new WrittenPages();

  /** Registrations; they are evaluated after all added classes are known. */
  private final List<RowView> registrations = new ArrayList<>();

  private final List<CodeArrival> hidden = new ArrayList<>();

  /** Names of classes that were also loaded from a local code source. */
  private final Set<String> ordinary = new HashSet<>();

  /** True if the row may show added code. */
  static boolean isArrival(RowView row) {
    return switch (row.action()) {
      case "whorl.ClassDefine" -> EntryPoints.isUnexplainedClass(row);
      case "whorl.ClassLoad" -> isFromNetwork(row);
      case "whorl.Registration" -> true;
      case "class.found" -> !row.fieldObjects("findings").isEmpty();
      default -> WrittenPages.path(row) != null;
    };
  }

  /** True if the row loads a class over the network. */
  public static boolean isFromNetwork(RowView row) {
    return row.rules().by(PackRule.CLASS_FROM_NETWORK);
  }

  /**
   * Adds a row.
   *
   * @param frames the stack of the thread that defined the class
   */
  public void add(RowView row, Frames frames) {
    switch (row.action()) {
      case "whorl.ClassDefine" -> {
        if (!OwnWork.generates(frames, names())) {
          addClass(row, DEFINED, row.request() != null, row.time());
        }
      }
      case "whorl.ClassLoad" -> addDownloaded(row);
      case "whorl.Registration" -> registrations.add(row);
      case "class.found" -> addInspected(row);
      default -> pages.add(row, frames);
    }
  }

  /** The names of the classes. A name proves nothing about the origin of a class. */
  public Set<String> names() {
    return classes.keySet();
  }

  private void addDownloaded(RowView row) {
    addClass(row, "loaded it from " + Phrases.cut(row.field("codeSource")), true, row.time());
  }

  /**
   * Evaluates the registrations after all rows have been added. The server registers its own
   * classes as well, so only added classes count.
   */
  void finish() {
    for (RowView row : registrations) {
      CodeArrival known = classes.get(name(row));
      if (known != null) {
        String target = row.field("target");
        String phrase =
            "registered it as "
                + Phrases.cut(row.field("kind"), 40)
                + (target == null ? "" : " for " + Phrases.cut(target));
        known.add(
            new CodeArrival.Trace(row, row.request(), phrase, row.time()), row.request() != null);
      }
    }
  }

  /** Adds a class that the capture reported. */
  private void addInspected(RowView row) {
    boolean malicious = false;
    String reason = null;
    for (Map<?, ?> finding : row.fieldObjects("findings")) {
      Severity severity = ClassRows.severity(finding.get("severity"));
      boolean changed = "changed-class".equals(finding.get("kind"));
      if (severity != null && !changed) {
        malicious |= severity.atLeast(Severity.HIGH);
        reason = Phrases.cut(String.valueOf(finding.get("reason")), 200);
      }
    }
    if (reason != null && !ClassRows.isGenerated(row, names())) {
      Instant time = definedAt(row);
      addClass(row, time == null ? "reports: " + reason : DEFINED, malicious, time);
    }
  }

  private static @Nullable Instant definedAt(RowView row) {
    String time = row.field("definedAt");
    if (time == null) {
      return null;
    }
    try {
      Instant.parse(time);
      return row.time();
    } catch (DateTimeParseException malformed) {
      return null;
    }
  }

  private void addClass(RowView row, String phrase, boolean certain, @Nullable Instant time) {
    String name = name(row);
    if (name.isEmpty() || name.length() > NAME_CHARS) {
      return;
    }
    CodeArrival known = classes.get(name);
    if (known == null) {
      if (classes.size() >= NAMES_MAX) {
        return;
      }
      known = new CodeArrival(CodeArrival.Kind.CLASS, name);
      classes.put(name, known);
      if (row.flag("hidden") && hidden.size() < HIDDEN_MAX) {
        hidden.add(known);
      }
    }
    CodeArrival.Trace trace = new CodeArrival.Trace(row, row.request(), phrase, time);
    if (certain && !row.is("whorl.ClassDefine")) {
      known.addMalicious(trace);
    } else {
      known.add(trace, certain);
    }
  }

  /**
   * Records that a class of this name was loaded from a local code source. A stack frame does not
   * show which of the two classes it belongs to.
   */
  void markOrdinary(RowView row) {
    String name = name(row);
    if (classes.containsKey(name)) {
      if (row.field("codeSource") != null && !isFromNetwork(row)) {
        ordinary.add(name);
      }
    }
  }

  private static String name(RowView row) {
    String className = row.textOr(Column.CLASS_NAME, "className");
    return Frames.plain(className.isEmpty() ? row.textOr(Column.CLASS_NAME, "name") : className);
  }

  /** Returns the earlier added code that caused this row, or null. */
  public @Nullable CodeArrival cause(RowView row, Frames frames, @Nullable Request request) {
    CodeArrival doubtful = null;
    for (Frame frame : frames.beforeDispatch(names())) {
      CodeArrival codeArrival = classes.get(frame.type());
      CodeArrival page = codeArrival == null ? pages.of(frame, row) : null;
      if (page != null) {
        return page;
      }
      if (codeArrival != null
          && !ordinary.contains(codeArrival.name())
          && codeArrival.isBefore(row)) {
        if (codeArrival.certain()) {
          return codeArrival;
        }
        doubtful = doubtful == null ? codeArrival : doubtful;
      }
    }
    CodeArrival page = request == null ? null : pages.at(request, row);
    return page == null ? doubtful : page;
  }

  /**
   * Returns a hidden class that was added earlier, or null. Stacks do not show frames of hidden
   * classes.
   */
  public @Nullable CodeArrival hiddenBefore(RowView row) {
    for (CodeArrival codeArrival : hidden) {
      if (codeArrival.certain() && codeArrival.isBefore(row)) {
        return codeArrival;
      }
    }
    return null;
  }
}
