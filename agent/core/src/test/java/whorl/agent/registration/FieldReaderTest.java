package whorl.agent.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.lang.instrument.Instrumentation;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Vector;
import java.util.WeakHashMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.agent.probe.TestInstrumentation;

class FieldReaderTest {
  private final AtomicInteger asked = new AtomicInteger();
  private FieldReader fieldReader;

  @BeforeEach
  void setUp() throws Exception {
    Instrumentation instrumentation = TestInstrumentation.get();
    fieldReader =
        new FieldReader(
            (module, name) ->
                instrumentation.redefineModule(
                    module,
                    Set.of(),
                    Map.of(),
                    Map.of(name, Set.of(FieldReader.class.getModule())),
                    Set.of(),
                    Map.of()));
  }

  /** The application's list: it never ends. */
  private final class Endless extends AbstractList<Object> {
    @Override
    public Object get(int index) {
      asked.incrementAndGet();
      return this;
    }

    @Override
    public int size() {
      asked.incrementAndGet();
      return Integer.MAX_VALUE;
    }
  }

  private final class EndlessMap extends AbstractMap<Object, Object> {
    @Override
    public Set<Entry<Object, Object>> entrySet() {
      asked.incrementAndGet();
      throw new IllegalStateException();
    }

    @Override
    public Collection<Object> values() {
      asked.incrementAndGet();
      return new Endless();
    }
  }

  @Test
  void collectionsOfTheApplication_areNotAsked_alsoInsideWrappers() {
    List<Object> own = new Endless();
    Map<Object, Object> map = new EndlessMap();
    TreeMap<Object, Object> sorted =
        new TreeMap<>((left, right) -> asked.incrementAndGet() > 0 ? 0 : 1);
    sorted.put("a", "b");
    List<Object> containers = new ArrayList<>();
    containers.add(own);
    containers.add(map);
    containers.add(Collections.unmodifiableList(own));
    containers.add(Collections.unmodifiableCollection(Collections.synchronizedList(own)));
    containers.add(Collections.checkedList(own, Object.class));
    containers.add(Collections.unmodifiableMap(map));
    containers.add(Collections.synchronizedMap(map));
    containers.add(own.subList(0, 9));
    containers.add(sorted.headMap("z"));
    containers.add(sorted.navigableKeySet());
    asked.set(0);

    for (Object container : containers) {
      assertThat(fieldReader.elements(container)).as(container.getClass().getName()).isEmpty();
      assertThat(fieldReader.entries(container)).as(container.getClass().getName()).isEmpty();
    }
    assertThat(asked).hasValue(0);
  }

  @Test
  void collectionsOfTheJdk_areRead() {
    List<Object> list = List.of("a", "b");
    Map<Object, Object> map = new LinkedHashMap<>(Map.of("k", "v"));
    PriorityBlockingQueue<Object> queue = new PriorityBlockingQueue<>(list);
    Set<Object> fromMap = Collections.newSetFromMap(new ConcurrentHashMap<>());
    fromMap.addAll(list);
    Set<Object> weakSet = Collections.newSetFromMap(new WeakHashMap<>());
    weakSet.addAll(list);
    for (Object container :
        List.of(
            list,
            list.toArray(),
            new ArrayList<>(list),
            new HashSet<>(list),
            new TreeSet<>(list),
            new CopyOnWriteArrayList<>(list),
            Collections.unmodifiableList(new ArrayList<>(list)),
            Collections.synchronizedSet(new HashSet<>(list)),
            fromMap,
            new Vector<>(list),
            new ArrayBlockingQueue<>(9, true, list),
            new LinkedBlockingQueue<>(list),
            new LinkedBlockingDeque<>(list),
            weakSet,
            queue)) {
      assertThat(fieldReader.elements(container))
          .as(container.getClass().getName())
          .containsExactlyInAnyOrder("a", "b");
    }
    for (Object container :
        List.of(
            map,
            new TreeMap<>(map),
            Map.copyOf(map),
            Collections.unmodifiableMap(map),
            Collections.synchronizedMap(new WeakHashMap<>(map)))) {
      assertThat(fieldReader.elements(container)).containsExactly("v");
      assertThat(fieldReader.entries(container)).singleElement().hasToString("k=v");
    }
  }

  /** Its owner may be changing it, under a lock that is not taken here. */
  @Test
  void weakMapWithACollectedKey_isReadAndNotChanged() {
    Map<Object, Object> map = new WeakHashMap<>(Map.of("k", "v", "l", "w"));
    Object[] table = (Object[]) fieldReader.at(map, "table");
    for (Object entry : table) {
      if (entry instanceof Reference<?> reference && "k".equals(reference.get())) {
        reference.enqueue();
      }
    }

    assertThat(fieldReader.elements(Collections.synchronizedMap(map))).contains("w");
    assertThat(fieldReader.entries(map)).isNotEmpty();
    assertThat(fieldReader.at(map, "size")).isEqualTo(2);
    assertThat(map).hasSize(1);
  }

  @Test
  void collectionWhoseLockTheApplicationHolds_isRead() throws Exception {
    Vector<Object> vector = new Vector<>(List.of("a"));
    BlockingQueue<Object> queue = new ArrayBlockingQueue<>(1, true, List.of("a"));
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Thread holder =
        new Thread(
            () -> {
              synchronized (vector) {
                queue.removeIf(element -> holds(held, end));
              }
            });
    holder.start();
    held.await();
    try {
      for (Object container : List.<Object>of(vector, queue)) {
        assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () -> assertThat(fieldReader.elements(container)).containsExactly("a"));
      }
    } finally {
      end.countDown();
      holder.join();
    }
  }

  private static boolean holds(CountDownLatch held, CountDownLatch end) {
    held.countDown();
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  @Test
  void queueOfASchedule_isRead() {
    ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
    try {
      executor.schedule(() -> {}, 1, TimeUnit.HOURS);
      assertThat(fieldReader.elements(executor.getQueue())).hasSize(1);
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void hugeCollection_isReadToItsLimit() {
    assertThat(fieldReader.elements(Collections.nCopies(50_000_000, "a"))).hasSize(10_000);
  }
}
