package whorl.collector.analysis.trail;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.kinds.WrittenPath;
import whorl.collector.analysis.rows.Request;
import whorl.collector.analysis.rows.RequestText;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.stack.Frames;
import whorl.collector.analysis.stack.Frames.Frame;
import whorl.collector.analysis.stack.OwnWork;

/** Server pages that were written while the JVM ran, and the requests for them. */
final class WrittenPages {
  private static final int PAGES_MAX = 2_000;
  private static final int SAME_NAME_MAX = 50;
  private static final int NAME_CHARS = 512;
  private static final Pattern ESCAPED = Pattern.compile("_00[0-9a-f]{2}");
  private static final Pattern NO_WORD = Pattern.compile("[^a-z0-9]");

  private final Map<String, CodeArrival> pages = new HashMap<>();

  /** Pages by their normalized file name. */
  private final Map<String, List<CodeArrival>> byName = new HashMap<>();

  /** Returns the path of the server page that the row writes, or null. */
  static @Nullable String path(RowView row) {
    String path = row.is("whorl.FileRename") ? row.fileTarget() : row.file();
    return WrittenPath.of(path) == WrittenPath.SERVER_PAGE && row.writes() ? path : null;
  }

  /**
   * Adds a row that writes a page.
   *
   * @param frames the row's stack; pages that a server unpacks outside requests belong to the
   *     application
   */
  void add(RowView row, Frames frames) {
    String path = path(row);
    if (path == null || (row.request() == null && OwnWork.deploys(frames, Set.of()))) {
      return;
    }
    CodeArrival known = pages.get(path);
    if (known == null) {
      if (pages.size() >= PAGES_MAX) {
        return;
      }
      known = new CodeArrival(CodeArrival.Kind.PAGE, path);
      pages.put(path, known);
      List<CodeArrival> same =
          byName.computeIfAbsent(word(last(path, '/')), any -> new ArrayList<>());
      if (same.size() < SAME_NAME_MAX) {
        same.add(known);
      }
    }
    String phrase = row.is("whorl.FileOpen") ? "wrote it" : "put it there";
    known.addMalicious(new CodeArrival.Trace(row, row.request(), phrase, row.time()));
  }

  /** Returns the page whose compiled code this frame is, or null. */
  @Nullable CodeArrival of(Frame frame, RowView row) {
    if (!frame.ofPage()) {
      return null;
    }
    int inner = frame.type().indexOf('$');
    String type = inner < 0 ? frame.type() : frame.type().substring(0, inner);
    String folders = Frames.pageFolders(type);
    for (CodeArrival page : byName.getOrDefault(word(last(type, '.')), List.of())) {
      String file = page.name();
      String folder = file.substring(0, Math.max(0, file.lastIndexOf('/')));
      if (word(folder).endsWith(word(folders)) && page.isBefore(row)) {
        return page;
      }
    }
    return null;
  }

  /**
   * Returns the page that this request asks for, or null. The request's path is the end of the
   * page's path.
   */
  @Nullable CodeArrival at(Request request, RowView row) {
    String path = RequestText.decoded(request.path());
    int parameters = path.indexOf(';');
    path = parameters < 0 ? path : path.substring(0, parameters);
    for (CodeArrival page : byName.getOrDefault(word(last(path, '/')), List.of())) {
      if (endsWith(page.name(), path) && page.isBefore(row)) {
        return page;
      }
    }
    return null;
  }

  /** The first part of a path may be the application's context path, which is no folder. */
  private static boolean endsWith(String file, String path) {
    if (path.length() < 2 || !path.startsWith("/")) {
      return false;
    }
    int second = path.indexOf('/', 1);
    return file.endsWith(path) || (second > 0 && file.endsWith(path.substring(second)));
  }

  private static String last(String name, char separator) {
    return name.substring(name.lastIndexOf(separator) + 1);
  }

  /**
   * Normalizes a name: {@code a-b.jsp}, {@code a_002db_jsp} and {@code _a__jsp} give the same word.
   */
  private static String word(String name) {
    String end = name.substring(Math.max(0, name.length() - NAME_CHARS));
    String lower = ESCAPED.matcher(end.toLowerCase(Locale.ROOT)).replaceAll("");
    return NO_WORD.matcher(lower).replaceAll("");
  }
}
