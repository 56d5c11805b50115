package whorl.collector.export;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import whorl.collector.export.formats.WellFormed;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.Timeline;

/**
 * Merges the stack traces of many rows into a tree: frames by method, outermost at the top, with a
 * common root. The tree is bounded while it grows, and more strictly in the result; what does not
 * fit is counted in a node {@code other}. The same rows give the same tree.
 */
final class FlameGraph implements Timeline.RowConsumer {
  private static final String ROOT = "all";
  private static final String OTHER = "other";
  private static final int DEPTH_MAX = 128;
  private static final int BUILD_NODES_MAX = 200_000;

  /** Limits of the result: children per node, nodes in total, smallest fraction of all rows. */
  private static final int CHILDREN_MAX = 100;

  private static final int NODES_MAX = 10_000;
  private static final int FRACTION_MIN = 5_000;

  private static final Pattern MODULE = Pattern.compile("^[^/$(]*/+");
  private static final Pattern ADDRESS = Pattern.compile("/0x[0-9a-fA-F]+");

  private final Builder root = new Builder(ROOT);
  private int nodes;

  /**
   * A method and the number of stacks through it.
   *
   * @param children widest first
   */
  record Node(
      String name, long value, @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Node> children) {}

  private static final class Builder {
    private final String name;
    private final Map<String, Builder> children = new HashMap<>();
    private long value;

    Builder(String name) {
      this.name = name;
    }
  }

  @Override
  public void accept(Row row) {
    List<String> stack = row.stack();
    if (stack.isEmpty()) {
      return;
    }
    Builder current = root;
    current.value++;
    int deepest = Math.max(0, stack.size() - DEPTH_MAX);
    for (int i = stack.size() - 1; i >= deepest; i--) {
      current = child(current, method(stack.get(i)));
      current.value++;
      if (current.name.equals(OTHER)) {
        return;
      }
    }
  }

  /** The current tree. */
  Node tree() {
    int[] budget = {NODES_MAX};
    return prune(root, Math.max(1, root.value / FRACTION_MIN), budget);
  }

  private Builder child(Builder current, String name) {
    Builder existing = current.children.get(name);
    if (existing != null) {
      return existing;
    }
    if (nodes >= BUILD_NODES_MAX) {
      return current.children.computeIfAbsent(OTHER, Builder::new);
    }
    nodes++;
    Builder created = new Builder(name);
    current.children.put(name, created);
    return created;
  }

  private static Node prune(Builder node, long valueMin, int[] budget) {
    List<Builder> byWidth = new ArrayList<>(node.children.values());
    byWidth.sort(
        Comparator.comparingLong((Builder child) -> child.value)
            .reversed()
            .thenComparing(child -> child.name));
    List<Builder> shown = new ArrayList<>();
    long other = 0;
    for (Builder child : byWidth) {
      boolean fits = child.value >= valueMin && shown.size() < CHILDREN_MAX && budget[0] > 0;
      if (fits && !child.name.equals(OTHER)) {
        shown.add(child);
        budget[0]--;
      } else {
        other += child.value;
      }
    }
    List<Node> children = new ArrayList<>(shown.size() + 1);
    shown.forEach(child -> children.add(prune(child, valueMin, budget)));
    if (other > 0) {
      children.add(new Node(OTHER, other, List.of()));
    }
    return new Node(WellFormed.text(node.name), node.value, children);
  }

  /**
   * {@code java.lang.Thread.run} for {@code java.base/java.lang.Thread.run(Thread.java:840)}. The
   * address in a hidden class's name, {@code Shop$$Lambda/0x00007f.get}, is removed because it
   * differs in every JVM.
   */
  private static String method(String frame) {
    int open = frame.indexOf('(');
    String named = open < 0 ? frame : frame.substring(0, open);
    String method = MODULE.matcher(ADDRESS.matcher(named).replaceAll("")).replaceFirst("").strip();
    return method.isEmpty() ? "?" : method;
  }
}
