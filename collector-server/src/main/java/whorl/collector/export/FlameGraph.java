package whorl.collector.export;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import whorl.collector.export.formats.WellFormed;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.Timeline;
import whorl.evidence.Text;

/**
 * Merges the stack traces of many rows into a tree: frames by method, outermost at the top, with a
 * common root. The tree is bounded while it grows, and more strictly in the result; what does not
 * fit is counted in a node {@code other}. The same rows give the same tree. Rows of the agent's own
 * threads are left out unless they are asked for.
 */
final class FlameGraph implements Timeline.RowConsumer {
  private static final String ROOT = "all";
  private static final String OTHER = "other";
  private static final int DEPTH_MAX = 128;
  private static final int BUILD_NODES_MAX = 200_000;

  /** Names together; an intruder can make one of a mebibyte. */
  private static final long BUILD_NAMES_MAX_CHARS = 16L << 20;

  private static final int NAME_MAX_CHARS = 512;

  /** Limits of the result: children per node, nodes in total, smallest fraction of all rows. */
  private static final int CHILDREN_MAX = 100;

  private static final int NODES_MAX = 10_000;
  private static final int FRACTION_MIN = 5_000;

  private static final List<String> BYTES_FIELDS =
      List.of("weight", "tlabSize", "allocationSize", "bytesRead", "bytesWritten");

  /** The agent's threads: their names, and what is in each of their stacks. */
  private static final String AGENT_THREAD = "whorl-";

  private static final String AGENT_FRAME = "whorl.agent.";

  private static final Pattern MODULE = Pattern.compile("^[^/$(]*/+");
  private static final Pattern ADDRESS = Pattern.compile("[/.+]0x[0-9a-fA-F]{6,}");

  /** The largest width that JSON readers do not round. */
  private static final long VALUE_MAX = (1L << 53) - 1;

  private final Weight weight;
  private final boolean withAgent;
  private final Builder root = new Builder(ROOT);
  private int nodes;
  private long nameChars;
  private long leftOut;

  /**
   * @param withAgent true if the agent's own threads count too
   */
  FlameGraph(Weight weight, boolean withAgent) {
    this.weight = weight;
    this.withAgent = withAgent;
  }

  /** What makes a frame wide. */
  enum Weight {
    /** The number of rows. */
    SAMPLES,
    /** Allocated bytes: a sample stands for all since the one before it. */
    BYTES,
    /** Nanoseconds that events took. */
    TIME;

    private long of(Row row) {
      return switch (this) {
        case SAMPLES -> 1;
        case BYTES -> bytes(row.fields());
        case TIME -> {
          Long nanos = row.number(Column.DURATION);
          yield nanos == null ? 0 : Math.max(0, nanos);
        }
      };
    }

    private static long bytes(Map<String, Object> fields) {
      for (String field : BYTES_FIELDS) {
        if (fields.get(field) instanceof Number bytes) {
          return Math.max(0, bytes.longValue());
        }
      }
      return 0;
    }
  }

  /**
   * The root.
   *
   * @param leftOut the number of rows of the agent's own threads that are not in the tree
   */
  record Tree(
      String name,
      long value,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Node> children,
      long leftOut) {}

  /**
   * A method, and what the stacks through it weigh.
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

    void add(long weighs) {
      value = sum(value, weighs);
    }
  }

  @Override
  public void accept(Row row) {
    List<String> stack = row.stack();
    if (stack.isEmpty()) {
      return;
    }
    if (!withAgent && isAgent(row, stack)) {
      leftOut++;
      return;
    }
    long weighs = weight.of(row);
    if (weighs == 0) {
      return;
    }
    Builder current = root;
    current.add(weighs);
    int deepest = Math.max(0, stack.size() - DEPTH_MAX);
    for (int i = stack.size() - 1; i >= deepest; i--) {
      current = child(current, method(stack.get(i)));
      current.add(weighs);
      if (current.name.equals(OTHER)) {
        return;
      }
    }
  }

  /** The current tree. */
  Tree tree() {
    int[] budget = {NODES_MAX};
    Node node = prune(root, Math.max(1, root.value / FRACTION_MIN), budget);
    return new Tree(node.name(), node.value(), node.children(), leftOut);
  }

  /**
   * True for a thread of the agent. Its name alone does not count, so that an application's thread
   * is not left out because of what it calls itself.
   */
  private static boolean isAgent(Row row, List<String> stack) {
    String thread = row.text(Column.THREAD_NAME);
    return thread != null
        && thread.startsWith(AGENT_THREAD)
        && stack.stream().anyMatch(frame -> frame.contains(AGENT_FRAME));
  }

  private static long sum(long one, long other) {
    return one > VALUE_MAX - Math.min(other, VALUE_MAX) ? VALUE_MAX : one + other;
  }

  private Builder child(Builder current, String name) {
    Builder existing = current.children.get(name);
    if (existing != null) {
      return existing;
    }
    if (nodes >= BUILD_NODES_MAX || nameChars + name.length() > BUILD_NAMES_MAX_CHARS) {
      return current.children.computeIfAbsent(OTHER, Builder::new);
    }
    nodes++;
    nameChars += name.length();
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
        other = sum(other, child.value);
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
    String named = Text.beginning(open < 0 ? frame : frame.substring(0, open), NAME_MAX_CHARS);
    String method = MODULE.matcher(ADDRESS.matcher(named).replaceAll("")).replaceFirst("").strip();
    return method.isEmpty() ? "?" : method;
  }
}
