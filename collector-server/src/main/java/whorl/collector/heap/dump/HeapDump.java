package whorl.collector.heap.dump;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import shark.HprofRecordReader;
import shark.HprofRecordTag;
import whorl.collector.heap.graph.References;

/**
 * The objects of a dump and what they refer to, in some 24 bytes an object and 4 a reference. Their
 * values stay in the file, and are read from there on request. Objects are numbered by their ids.
 * For one thread.
 */
public final class HeapDump implements References {
  private static final int NAME_MAX_BYTES = 2_000;
  private static final long COMPRESSED_MAX_SPAN = 32L << 30;

  /** Receives how far one step of the reading is, from 0 to 1. */
  @FunctionalInterface
  public interface Progress {
    void at(String step, double part);
  }

  /**
   * A thread of the JVM that was dumped.
   *
   * @param locals how many objects its stack holds
   * @param topFrame what it ran; null if the dump does not say
   */
  public record HeapThread(int object, int locals, @Nullable String topFrame) {}

  private final DumpFile file;
  private final Progress progress;
  private final ClassTable classes;
  private final RootTable roots;
  private final long[] ids;
  private final ReferenceTable table;
  private final int[] classObjects;
  private final Map<Integer, Integer> classOfClassObject = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();
  private final List<HeapThread> threads = new ArrayList<>();
  private final Map<Integer, String> rootKinds = new LinkedHashMap<>();
  private final int[] rootObjects;
  private final Values values;

  /**
   * Reads a dump.
   *
   * @param strings true to keep what leads from strings, threads and loaders to their text
   * @throws DamagedDumpException if it has no object that can be read
   */
  public HeapDump(Path path, boolean strings, Progress progress) throws IOException {
    this.progress = progress;
    file = new DumpFile(path);
    FirstPass first = new FirstPass(file, part -> progress.at("objects", part));
    note(file.problem());
    classes = first.classes();
    roots = first.roots();
    ids = first.ids().drainSorted();
    if (ids.length == 0) {
      throw new DamagedDumpException("it has no objects" + because(file.problem()));
    }
    readNames();
    classes.nameAll();
    int identifierBytes = file.identifierBytes();
    int referenceBytes =
        identifierBytes == 8 && ids[ids.length - 1] - ids[0] < COMPRESSED_MAX_SPAN
            ? 4
            : identifierBytes;
    classes.layOut(identifierBytes, referenceBytes);
    values = new Values(strings);
    ReferencePass pass = new ReferencePass(file, ids, classes, values, referenceBytes);
    pass.read(part -> progress.at("references", part));
    classObjects = new int[classes.size()];
    Arrays.fill(classObjects, -1);
    for (int i = classes.first(); i < classes.size(); i++) {
      int object = Arrays.binarySearch(ids, classes.get(i).id);
      classOfClassObject.put(object, i);
      classObjects[i] = classes.get(i).loaderId == 0 ? -1 : object;
    }
    table = pass.table();
    attachLocals();
    rootObjects = collectRoots();
  }

  @Override
  public int objects() {
    return ids.length;
  }

  @Override
  public int count(int object) {
    return table.count(object) + (classEdge(object) < 0 ? 0 : 1);
  }

  @Override
  public int target(int object, int reference) {
    return reference < table.count(object) ? table.target(object, reference) : classEdge(object);
  }

  @Override
  public void forEachRoot(IntConsumer root) {
    for (int each : rootObjects) {
      root.accept(each);
    }
  }

  /** The class of the object. */
  public HeapClass type(int object) {
    return classes.get(typeNumber(object));
  }

  /** The number of its class, below {@link #types}. */
  public int typeNumber(int object) {
    return table.type(object);
  }

  /** How many classes there are. */
  public int types() {
    return classes.size();
  }

  /** The class with this number. */
  public HeapClass numbered(int number) {
    return classes.get(number);
  }

  /** The class that this object of {@code java.lang.Class} stands for, null if it is another. */
  public @Nullable HeapClass classOf(int object) {
    Integer number = classOfClassObject.get(object);
    return number == null ? null : classes.get(number);
  }

  /** The objects that stand for classes. */
  public Set<Integer> classObjects() {
    return classOfClassObject.keySet();
  }

  /** The size of the object by itself. */
  public long bytes(int object) {
    return table.bytes(object);
  }

  /** Its id in the dump; in HotSpot the address. */
  public long id(int object) {
    return ids[object];
  }

  /** The object with this id, negative if there is none. */
  public int object(long id) {
    return id == 0 ? -1 : Math.max(-1, Arrays.binarySearch(ids, id));
  }

  /** What kind of root the object is, null if it is none. */
  public @Nullable String rootKind(int object) {
    return rootKinds.get(object);
  }

  public List<HeapThread> threads() {
    return threads;
  }

  public int roots() {
    return rootObjects.length;
  }

  public int identifierBytes() {
    return file.identifierBytes();
  }

  public long dumpedAtMillis() {
    return file.dumpedAtMillis();
  }

  /** The size of the dump without compression. */
  public long recordBytes() {
    return file.recordBytes();
  }

  /** What could not be read. */
  public List<String> problems() {
    return problems;
  }

  /** How the strings, threads and loaders of this dump lead to their text. */
  public Values values() {
    return values;
  }

  /** How references between pairs of objects are named; a pass over the dump. */
  public LinkNames linkNames(Map<Integer, Set<Integer>> wanted) {
    LinkNames names = new LinkNames(this, wanted);
    names.read(file, part -> progress.at("names of references", part));
    return names;
  }

  /** Counts equal strings; a pass over the dump. */
  public StringCounts stringCounts() {
    StringCounts counts = new StringCounts(this);
    counts.read(file, part -> progress.at("strings", part));
    return counts;
  }

  /** The text of these strings' arrays, by their objects; a pass over the dump. */
  public Map<Integer, String> texts(Set<Integer> arrays) {
    if (arrays.isEmpty()) {
      return Map.of();
    }
    Texts texts = new Texts(this, arrays);
    texts.read(file, part -> progress.at("texts", part));
    return texts.found();
  }

  ClassTable classes() {
    return classes;
  }

  /** The frame of the thread whose local variable the object is, null if it is none. */
  @Nullable String frameOf(int thread, int object) {
    for (RootTable.Root root : roots.all()) {
      RootTable.ThreadRoot holder = root.thread() == 0 ? null : roots.thread(root.thread());
      if (holder != null && root.object() == ids[object] && holder.object() == ids[thread]) {
        String frame = roots.frame(holder, root.frame(), classes);
        return root.kind() + (frame == null ? "" : " of " + frame);
      }
    }
    return null;
  }

  private int classEdge(int object) {
    return classObjects[table.type(object)];
  }

  private void readNames() {
    Set<Long> wanted = new HashSet<>(classes.wantedNames());
    wanted.addAll(roots.wantedNames());
    int identifierBytes = file.identifierBytes();
    file.read(
        EnumSet.of(HprofRecordTag.STRING_IN_UTF8),
        (tag, length, reader) -> readName(wanted, length - identifierBytes, reader),
        part -> progress.at("names", part));
  }

  private void readName(Set<Long> wanted, long bytes, HprofRecordReader reader) {
    if (bytes < 0) {
      throw new DamagedDumpException("a name has " + bytes + " bytes");
    }
    long id = reader.readId();
    long read = wanted.contains(id) ? Math.min(bytes, NAME_MAX_BYTES) : 0;
    if (read > 0) {
      classes.named(id, reader.readUtf8(read));
    }
    reader.skip(bytes - read);
  }

  /** What a thread's stack holds, the thread holds: so it counts for it. */
  private void attachLocals() {
    Map<Integer, List<Integer>> locals = new LinkedHashMap<>();
    for (RootTable.Root root : roots.all()) {
      RootTable.ThreadRoot thread = root.thread() == 0 ? null : roots.thread(root.thread());
      int object = object(root.object());
      int holder = thread == null ? -1 : object(thread.object());
      if (object >= 0 && holder >= 0) {
        locals.computeIfAbsent(holder, any -> new ArrayList<>()).add(object);
      } else if (object >= 0) {
        rootKinds.putIfAbsent(object, root.kind());
      }
    }
    locals.forEach(table::append);
    for (RootTable.ThreadRoot thread : roots.threads()) {
      int object = object(thread.object());
      if (object >= 0) {
        int held = locals.getOrDefault(object, List.of()).size();
        threads.add(new HeapThread(object, held, topFrame(thread)));
      }
    }
  }

  private @Nullable String topFrame(RootTable.ThreadRoot thread) {
    return roots.frame(thread, 0, classes);
  }

  private int[] collectRoots() {
    if (rootKinds.isEmpty()) {
      note("the dump has no garbage collection roots, so nothing in it counts as reachable");
    }
    return rootKinds.keySet().stream().mapToInt(Integer::intValue).toArray();
  }

  private void note(@Nullable String problem) {
    if (problem != null) {
      problems.add(problem);
    }
  }

  private static String because(@Nullable String problem) {
    return problem == null ? "" : ": " + problem;
  }
}
