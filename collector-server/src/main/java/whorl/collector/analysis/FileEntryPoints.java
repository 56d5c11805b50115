package whorl.collector.analysis;

import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.stack.OwnWork;
import whorl.collector.timeline.Column;

/** Tells which files that a request opened are a way in. */
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
    String what = "write " + Phrases.cut(path);
    boolean runs = written == WrittenPath.SERVER_PAGE || written.persists();
    if (goesRound(row) && (runs || climbs(rowContext))) {
      Severity severity = written == WrittenPath.OTHER ? Severity.MEDIUM : Severity.HIGH;
      return new EntryPoint(EntryPoint.Kind.FILE_VIEW, row, severity, what);
    }
    return runs ? new EntryPoint(EntryPoint.Kind.UPLOAD, row, Severity.HIGH, what) : null;
  }

  /**
   * Whether the path climbs out of a folder that it began in, by a name of the request or archive.
   */
  private static boolean goesRound(RowView row) {
    return row.textOr(Column.FILE_PATH, "path").contains("/../");
  }

  /** Whether the request's own text climbs; true where the request is not known yet. */
  private static boolean climbs(RowContext rowContext) {
    Request request = rowContext.request();
    return request == null || RequestText.of(request).climbs();
  }

  private static @Nullable EntryPoint read(RowContext rowContext) {
    RowView row = rowContext.row();
    String path = row.file();
    SensitivePath sensitive = SensitivePath.of(path);
    if (sensitive == null || OwnWork.jdkReads(rowContext.frames(), rowContext.foreign())) {
      return null;
    }
    boolean failed = row.flag("failed");
    String what = (failed ? "try to open " : "open ") + Phrases.cut(path);
    if (isNamed(rowContext, path)) {
      return new EntryPoint(
          rowContext.frames().has("sun.net.www.protocol.file.")
              ? EntryPoint.Kind.SERVER_SIDE_REQUEST
              : EntryPoint.Kind.FILE_VIEW,
          row,
          failed ? Severity.MEDIUM : Severity.HIGH,
          what);
    }
    return OwnWork.serverReads(rowContext.frames(), rowContext.foreign())
        ? null
        : new EntryPoint(
            EntryPoint.Kind.FILE_READ,
            row,
            !failed && sensitive.neverInGoodFaith() ? Severity.HIGH : Severity.MEDIUM,
            what);
  }

  /** Whether the request's own text names the file, or climbs out of a folder. */
  private static boolean isNamed(RowContext rowContext, String path) {
    Request request = rowContext.request();
    if (request == null) {
      return false;
    }
    RequestText text = RequestText.of(request);
    String real = rowContext.row().field("realPath");
    return text.climbs() || text.names(path) || (real != null && text.names(real));
  }
}
