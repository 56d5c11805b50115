package whorl.collector.analysis.trail;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import whorl.collector.analysis.rows.Request;
import whorl.collector.analysis.rows.RequestText;
import whorl.collector.analysis.rows.RowDispatcher;
import whorl.collector.analysis.rows.RowStacks;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.stack.Frames;
import whorl.collector.analysis.stack.OwnWork;
import whorl.collector.timeline.Timeline;
import whorl.evidence.Id;

/**
 * Rows of suspect requests that are no action of the intruder: files that the JDK or the server
 * reads for itself, files that a compiler of server pages writes and deletes, classes that a known
 * library generates.
 */
final class OwnRows {
  private static final int FILES_MAX = 4_000;
  private static final int COMPILED_MAX = 50;

  private final Set<String> foreign;
  private final Set<String> ids = new HashSet<>();
  private final Map<String, List<RowView>> compiling = new HashMap<>();

  OwnRows(Set<String> foreign) {
    this.foreign = foreign;
  }

  void read(
      Timeline timeline,
      Id evidence,
      Map<String, Request> suspect,
      List<RowView> arrivals,
      List<RowView> agents,
      RowStacks stacks)
      throws IOException {
    List<RowView> files = new ArrayList<>();
    if (!suspect.isEmpty()) {
      RowDispatcher rowDispatcher = new RowDispatcher();
      rowDispatcher.subscribe(
          List.of("whorl.FileOpen", "whorl.FileDelete", "whorl.FileRename", "whorl.FileMode"),
          row -> {
            String request = row.request();
            if (request != null && suspect.containsKey(request) && files.size() < FILES_MAX) {
              files.add(row);
              stacks.request(row);
            }
          });
      rowDispatcher.read(timeline, evidence);
      stacks.read(timeline, evidence);
    }
    for (RowView row : files) {
      Request request = suspect.get(String.valueOf(row.request()));
      if (request != null) {
        addFile(row, stacks.of(row), request);
      }
    }
    for (RowView row : agents) {
      if (OwnWork.startsNamedAgent(stacks.of(row))) {
        ids.add(row.id());
      }
    }
    for (RowView row : arrivals) {
      if (row.is("whorl.ClassDefine") && OwnWork.generates(stacks.of(row), foreign)) {
        ids.add(row.id());
      }
    }
  }

  private void addFile(RowView row, Frames frames, Request request) {
    String path = row.file();
    if (isCompilerFile(path) && OwnWork.compilesPage(frames, foreign)) {
      ids.add(row.id());
      List<RowView> rows = compiling.computeIfAbsent(request.id(), any -> new ArrayList<>());
      if (rows.size() < COMPILED_MAX) {
        rows.add(row);
      }
    } else if (row.is("whorl.FileOpen") && !row.writes()) {
      boolean named = RequestText.of(request).names(path);
      if (OwnWork.jdkReads(frames, foreign) || (!named && OwnWork.serverReads(frames, foreign))) {
        ids.add(row.id());
      }
    }
  }

  /** True if a compiler of server pages keeps such files in its work folder. */
  private static boolean isCompilerFile(String path) {
    return path.endsWith(".java")
        || path.endsWith(".class")
        || path.endsWith(".smap")
        || path.endsWith(".tmp");
  }

  Set<String> ids() {
    return Set.copyOf(ids);
  }

  Map<String, List<RowView>> compiling() {
    return Map.copyOf(compiling);
  }
}
