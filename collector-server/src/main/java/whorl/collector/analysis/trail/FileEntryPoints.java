package whorl.collector.analysis.trail;

import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.kinds.SensitivePath;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.WrittenPath;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.Request;
import whorl.collector.analysis.rows.RequestText;
import whorl.collector.analysis.rows.RowContext;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.stack.OwnWork;
import whorl.collector.timeline.Column;

/** Finds the file accesses of requests that are entry points. */
final class FileEntryPoints {
  private FileEntryPoints() {}

  static @Nullable EntryPoint of(RowContext rowContext) {
    RowView row = rowContext.row();
    if (row.request() == null) {
      return null;
    }
    return "read".equals(row.field("access")) ? read(rowContext) : written(rowContext);
  }

  private static @Nullable EntryPoint written(RowContext rowContext) {
    RowView row = rowContext.row();
    if (row.flag("failed")) {
      return null;
    }
    String path = row.file();
    WrittenPath written = WrittenPath.of(path);
    String phrase = "write " + Phrases.cut(path);
    boolean runs = written == WrittenPath.SERVER_PAGE || written.persists();
    if (pathClimbs(row) && (runs || requestClimbs(rowContext))) {
      Severity severity = written == WrittenPath.OTHER ? Severity.MEDIUM : Severity.HIGH;
      return new EntryPoint(EntryPoint.Kind.FILE_VIEW, row, severity, phrase);
    }
    return runs ? new EntryPoint(EntryPoint.Kind.UPLOAD, row, Severity.HIGH, phrase) : null;
  }

  /**
   * True if the path starts in a folder and climbs out of it, by a name from the request or an
   * archive.
   */
  private static boolean pathClimbs(RowView row) {
    return row.textOr(Column.FILE_PATH, "path").contains("/../");
  }

  /** True if the request's own text climbs, and if the request is not known yet. */
  private static boolean requestClimbs(RowContext rowContext) {
    Request request = rowContext.request();
    return request == null || RequestText.of(request).climbs();
  }

  private static @Nullable EntryPoint read(RowContext rowContext) {
    RowView row = rowContext.row();
    String path = row.file();
    SensitivePath sensitive = SensitivePath.of(row);
    if (sensitive == null || OwnWork.jdkReads(rowContext.frames(), rowContext.foreign())) {
      return null;
    }
    boolean failed = row.flag("failed");
    String phrase = (failed ? "try to open " : "open ") + Phrases.cut(path);
    if (isNamedByRequest(rowContext, path)) {
      return new EntryPoint(
          rowContext.frames().has("sun.net.www.protocol.file.")
              ? EntryPoint.Kind.SERVER_SIDE_REQUEST
              : EntryPoint.Kind.FILE_VIEW,
          row,
          failed ? Severity.MEDIUM : Severity.HIGH,
          phrase);
    }
    return rowContext.isException(sensitive.rules())
            || OwnWork.serverReads(rowContext.frames(), rowContext.foreign())
        ? null
        : new EntryPoint(
            EntryPoint.Kind.FILE_READ,
            row,
            !failed && sensitive.neverInGoodFaith() ? Severity.HIGH : Severity.MEDIUM,
            phrase);
  }

  /** True if the request's own text names the file or climbs out of a folder. */
  private static boolean isNamedByRequest(RowContext rowContext, String path) {
    Request request = rowContext.request();
    if (request == null) {
      return false;
    }
    RequestText text = RequestText.of(request);
    String real = rowContext.row().field("realPath");
    return text.climbs() || text.names(path) || (real != null && text.names(real));
  }
}
