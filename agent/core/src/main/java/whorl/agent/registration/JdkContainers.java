package whorl.agent.registration;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the JDK collection whose elements can be read without running code of the application. The
 * JDK's wrappers and views pass each call on to a collection, a comparator or a list that can be
 * the application's: they are opened by their fields, or read as empty.
 */
final class JdkContainers {
  private static final int WRAPPERS_MAX = 16;
  private static final int NODES_MAX = 10_000;
  private static final String WRAPPERS = "java.util.Collections$";
  private static final String WEAK_MAP = "java.util.WeakHashMap";

  private static final Set<String> PLAIN =
      Set.of(
          "java.util.ArrayDeque",
          "java.util.ArrayList",
          "java.util.Arrays$ArrayList",
          "java.util.Collections$CopiesList",
          "java.util.Collections$SingletonList",
          "java.util.Collections$SingletonMap",
          "java.util.Collections$SingletonSet",
          "java.util.EnumMap",
          "java.util.HashMap",
          "java.util.HashMap$EntrySet",
          "java.util.HashMap$KeySet",
          "java.util.HashMap$Values",
          "java.util.HashSet",
          "java.util.Hashtable",
          "java.util.IdentityHashMap",
          "java.util.ImmutableCollections$List12",
          "java.util.ImmutableCollections$ListN",
          "java.util.ImmutableCollections$Map1",
          "java.util.ImmutableCollections$MapN",
          "java.util.ImmutableCollections$Set12",
          "java.util.ImmutableCollections$SetN",
          "java.util.JumboEnumSet",
          "java.util.LinkedHashMap",
          "java.util.LinkedHashMap$LinkedEntrySet",
          "java.util.LinkedHashMap$LinkedKeySet",
          "java.util.LinkedHashMap$LinkedValues",
          "java.util.LinkedHashSet",
          "java.util.LinkedList",
          "java.util.PriorityQueue",
          "java.util.RegularEnumSet",
          "java.util.TreeMap",
          "java.util.concurrent.ConcurrentHashMap",
          "java.util.concurrent.ConcurrentHashMap$EntrySetView",
          "java.util.concurrent.ConcurrentHashMap$KeySetView",
          "java.util.concurrent.ConcurrentHashMap$ValuesView",
          "java.util.concurrent.ConcurrentLinkedDeque",
          "java.util.concurrent.ConcurrentLinkedQueue",
          "java.util.concurrent.ConcurrentSkipListMap",
          "java.util.concurrent.CopyOnWriteArrayList",
          "java.util.concurrent.CopyOnWriteArraySet",
          "java.util.concurrent.LinkedTransferQueue");

  /**
   * The fields of classes that hold what they wrap; of those that lock to be read, the array: the
   * application may hold the lock for ever.
   */
  private static final Map<String, String> WRAPPED =
      Map.of(
          "io.undertow.util.CopyOnWriteMap", "delegate",
          "java.util.Stack", "elementData",
          "java.util.Vector", "elementData",
          "java.util.concurrent.ArrayBlockingQueue", "items",
          "java.util.concurrent.PriorityBlockingQueue", "queue",
          "java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue", "queue");

  /** The same for sets, which are the keys of a map. */
  private static final Map<String, String> KEYS =
      Map.of(
          "java.util.Collections$SetFromMap", "m",
          "java.util.TreeSet", "m",
          "java.util.concurrent.ConcurrentSkipListSet", "m");

  /** The first nodes of queues that lock to be read. */
  private static final Map<String, String> NODES =
      Map.of(
          "java.util.concurrent.LinkedBlockingDeque", "first",
          "java.util.concurrent.LinkedBlockingQueue", "head");

  private final FieldReader fieldReader;

  JdkContainers(FieldReader fieldReader) {
    this.fieldReader = fieldReader;
  }

  /** Returns an array, a collection or a map to read; null if there is none. */
  @Nullable Object plain(@Nullable Object container) {
    Object at = container;
    for (int i = 0; at != null && i < WRAPPERS_MAX; i++) {
      String name = at.getClass().getName();
      if (at instanceof Object[]) {
        return at;
      } else if (WRAPPED.containsKey(name)) {
        at = fieldReader.at(at, WRAPPED.get(name));
      } else if (at.getClass().getClassLoader() != null) {
        return null;
      } else if (PLAIN.contains(name)) {
        return at;
      } else if (NODES.containsKey(name)) {
        return items(fieldReader.at(at, NODES.get(name)));
      } else if (name.equals(WEAK_MAP)) {
        return copied(fieldReader.at(at, "table"));
      } else if (KEYS.containsKey(name)) {
        return plain(fieldReader.at(at, KEYS.get(name))) instanceof Map<?, ?> map
            ? map.keySet()
            : null;
      } else if (name.startsWith(WRAPPERS)) {
        Object collection = fieldReader.at(at, "c");
        at = collection == null ? fieldReader.at(at, "m") : collection;
      } else {
        return null;
      }
    }
    return null;
  }

  /**
   * The entries of a weak map. Its methods, even its size, remove the entries of collected keys, so
   * a call here, without the lock of its owner, could damage it.
   */
  private Map<Object, Object> copied(@Nullable Object table) {
    Map<Object, Object> copied = new IdentityHashMap<>();
    for (Object first : table instanceof Object[] buckets ? buckets : new Object[0]) {
      Object node = first;
      for (int i = 0;
          i < NODES_MAX && copied.size() < NODES_MAX && node instanceof Map.Entry<?, ?> entry;
          i++) {
        copied.put(entry.getKey(), entry.getValue());
        node = fieldReader.at(node, "next");
      }
    }
    return copied;
  }

  /** The items of these nodes; a removed one leads to itself. */
  private List<Object> items(@Nullable Object first) {
    List<Object> items = new ArrayList<>();
    Object node = first;
    for (int i = 0; node != null && i < NODES_MAX; i++) {
      Object item = fieldReader.at(node, "item");
      if (item != null) {
        items.add(item);
      }
      node = fieldReader.at(node, "next");
    }
    return items;
  }
}
