package whorl.agent.hook.code;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.CurrentRequest;
import whorl.agent.event.EventSink;
import whorl.agent.event.EventType;
import whorl.agent.event.JvmClock;
import whorl.agent.event.RequestContext;
import whorl.agent.hook.weave.ClassFacts;
import whorl.evidence.Digest;

/**
 * Classes made at run time: tells of them, and keeps their bytes, which exist nowhere else once the
 * process is gone. What libraries known for it make has a shelf of its own, so that it cannot push
 * out what nobody known made. Whatever had to go is counted.
 *
 * <p>The making thread hashes and copies; an agent thread compresses.
 */
public final class GeneratedClasses {
  private static final int ONE_MAX_BYTES = 1 << 20;
  private static final int WAITING_MAX_ENTRIES = 8192;
  private static final int POSTPONED_MAX_ENTRIES = 1024;
  private static final int KEPT_MAX_ENTRIES = 2048;
  private static final long WAITING_WAKES_BYTES = 256 << 10;

  /** It names a place that does not have it. */
  private static final String FORGED_SOURCE = "forged-source";

  /** An agent changed it. */
  static final String AGENT = "agent";

  /** The place that it names has it with other bytes. */
  private static final String ALTERED = "altered";

  private static final int ALTERED_TOLD = 16;

  private final EventSink sink;
  private final LongSupplier epochMillis;
  private final Section unknown;
  private final Section generated;
  private final long postponedMaxBytes;
  private final ConcurrentLinkedQueue<Postponed> postponed = new ConcurrentLinkedQueue<>();
  private final AtomicLong postponedBytes = new AtomicLong();
  private final AtomicInteger postponedEntries = new AtomicInteger();
  private final StartupPhase startupPhase;
  private final NamedSources named = new NamedSources();
  private final AtomicLong altered = new AtomicLong();
  private final AtomicLong unknownForRequests = new AtomicLong();
  private volatile NamedSources.@Nullable Places places;
  private volatile @Nullable Thread settler;

  /** What waits, handed over without a lock, and what is kept, guarded by this object's monitor. */
  private static final class Section {
    final ClassBytes shelf;
    final long waitingMaxBytes;
    final ConcurrentLinkedQueue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    final AtomicLong waitingBytes = new AtomicLong();
    final AtomicInteger waitingEntries = new AtomicInteger();
    final AtomicLong bytesRefused = new AtomicLong();
    final AtomicLong entriesRefused = new AtomicLong();

    Section(ClassBytes shelf, long waitingMaxBytes) {
      this.shelf = shelf;
      this.waitingMaxBytes = waitingMaxBytes;
    }
  }

  /** A class that was made while the application started, and is seen to later. */
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  private record Postponed(
      String className,
      @Nullable WeakReference<ClassLoader> loader,
      String loaderText,
      String origin,
      @Nullable String generator,
      byte[] bytes,
      boolean hidden,
      long epochMillis,
      long epochNanos,
      String thread,
      @Nullable RequestContext request,
      List<StackTraceElement> stack) {}

  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  private record Waiting(GeneratedClass made, byte @Nullable [] bytes) {}

  /**
   * @param maxBytes of class files that are kept, compressed; about as many more wait to be
   *     compressed at most
   */
  public GeneratedClasses(EventSink sink, StartupPhase startupPhase, long maxBytes) {
    this(sink, startupPhase, JvmClock.EPOCH_MILLIS, maxBytes);
  }

  GeneratedClasses(
      EventSink sink, StartupPhase startupPhase, LongSupplier epochMillis, long maxBytes) {
    unknown = new Section(new ClassBytes(KEPT_MAX_ENTRIES, maxBytes * 2 / 3), maxBytes / 2);
    generated = new Section(new ClassBytes(KEPT_MAX_ENTRIES, maxBytes / 3), maxBytes / 6);
    postponedMaxBytes = maxBytes * 2 / 3;
    this.sink = sink;
    this.startupPhase = startupPhase;
    this.epochMillis = epochMillis;
  }

  /** A class was made; runs on the thread that did it. */
  public void defined(
      String className, @Nullable ClassLoader loader, String origin, byte[] bytes, boolean hidden) {
    DefinitionStack stack = DefinitionStack.here();
    String generator = stack.generator();
    if (generator == null) {
      KnownGenerators.noteForged(className, loader);
      countUnknown(CurrentRequest.get());
    }
    if (mayWait(bytes)) {
      postponed.add(
          new Postponed(
              className,
              loader == null ? null : new WeakReference<>(loader),
              Loaders.text(loader),
              origin,
              generator,
              bytes.clone(),
              hidden,
              epochMillis.getAsLong(),
              sink.epochNanos(),
              Thread.currentThread().getName(),
              CurrentRequest.get(),
              stack.frames(generator == null)));
      return;
    }
    Digest sha256 = Digest.of(bytes);
    StackTraceElement[] elements = stack.elements();
    keep(
        new GeneratedClass(
            className,
            loader == null ? null : new WeakReference<>(loader),
            origin,
            generator,
            sha256,
            bytes.length,
            hidden,
            epochMillis.getAsLong(),
            CurrentRequest.get(),
            stack.frames(generator == null)),
        bytes);
    boolean pastRecording = loader == null && sink.records() && EventWriting.isUnderWay();
    Object[] values =
        values(className, Loaders.text(loader), origin, bytes.length, sha256, hidden, generator);
    if (pastRecording) {
      sink.emitPastRecording(EventType.CLASS_DEFINE, values);
    } else {
      sink.emit(elements, EventType.CLASS_DEFINE, values);
    }
  }

  /**
   * Another agent changed a class that was loaded already; runs on the thread that had it done. It
   * is no event: what an agent asks for is told where it asks.
   *
   * @param bytes what became of it
   * @param agent its class and jar; null where they are not known
   */
  void changed(Class<?> type, byte[] bytes, @Nullable String agent, Redefinitions redefinitions) {
    DefinitionStack stack = DefinitionStack.here();
    String by = stack.changer();
    Digest sha256 = Digest.of(bytes);
    if (!redefinitions.altered(type, by, sha256, agent)) {
      return;
    }
    ClassLoader loader = ClassFacts.loader(type);
    keep(
        new GeneratedClass(
            type.getName(),
            loader == null ? null : new WeakReference<>(loader),
            AGENT,
            by,
            sha256,
            bytes.length,
            false,
            epochMillis.getAsLong(),
            CurrentRequest.get(),
            stack.frames(by == null)),
        bytes);
  }

  /**
   * A class loader defined a class that says where it came from: whether that is so is looked at
   * later. Runs on the thread that did it.
   */
  void named(String className, ClassLoader loader, String codeSource, byte[] bytes) {
    named.add(className, loader, codeSource, bytes, epochMillis.getAsLong(), sink.epochNanos());
  }

  /** Sets who looks at the places that classes name; until then they wait. */
  public void comparedBy(NamedSources.Places with) {
    places = with;
  }

  /** What is known now, oldest first; what nobody known made comes last. */
  public synchronized List<GeneratedClass> snapshot() {
    settle();
    List<GeneratedClass> all = new ArrayList<>(generated.shelf.entries());
    all.addAll(unknown.shelf.entries());
    return all;
  }

  /** The class file as it was handed in; null when it is not kept. */
  public byte @Nullable [] bytes(GeneratedClass made) {
    byte[] deflated;
    synchronized (this) {
      deflated = unknown.shelf.deflated(made.sha256());
      if (deflated == null) {
        deflated = generated.shelf.deflated(made.sha256());
      }
    }
    return deflated == null ? null : inflate(deflated, made.size());
  }

  /**
   * Compares classes with the places that they name; an agent thread calls it now and then. It
   * reads files, so the monitor is taken for what came of it only.
   */
  public void compare() {
    NamedSources.Places with = places;
    if (with == null || named.isEmpty()) {
      return;
    }
    List<NamedSources.Named> waiting = named.take();
    List<NamedSources.Verdict> verdicts = with.compare(waiting);
    for (int i = 0; i < waiting.size(); i++) {
      switch (verdicts.get(i)) {
        case ABSENT -> forged(waiting.get(i));
        case DIFFERENT -> altered(waiting.get(i));
        default -> {
          // As it says, or not to be found out.
        }
      }
    }
  }

  private void forged(NamedSources.Named one) {
    String generator = one.stack().generator();
    Digest sha256 = Digest.of(one.bytes());
    GeneratedClass made =
        new GeneratedClass(
            one.className(),
            one.loader(),
            FORGED_SOURCE,
            generator,
            sha256,
            one.bytes().length,
            false,
            one.epochMillis(),
            one.request(),
            one.stack().frames(generator == null));
    synchronized (this) {
      (made.suspicious() ? unknown : generated).shelf.add(made, one.bytes());
    }
    if (made.suspicious()) {
      countUnknown(made.request());
    }
    tell(one, FORGED_SOURCE, sha256, generator, made.stack());
  }

  private void countUnknown(@Nullable RequestContext request) {
    if (request != null) {
      unknownForRequests.incrementAndGet();
    }
  }

  /** An agent or a loader that weaves changes many, whose bytes are of no use to anybody. */
  private void altered(NamedSources.Named one) {
    if (altered.incrementAndGet() <= ALTERED_TOLD) {
      String generator = one.stack().generator();
      tell(one, ALTERED, Digest.of(one.bytes()), generator, one.stack().frames(true));
    }
  }

  private void tell(
      NamedSources.Named one,
      String origin,
      Digest sha256,
      @Nullable String generator,
      List<StackTraceElement> stack) {
    ClassLoader loader = one.loader().get();
    String loaderText = loader == null ? "unloaded" : Loaders.text(loader);
    int size = one.bytes().length;
    // What a rule makes of it is the request's too.
    CurrentRequest.set(one.request());
    try {
      sink.emitLate(
          EventType.CLASS_DEFINE,
          one.epochNanos(),
          one.thread(),
          stack.toArray(new StackTraceElement[0]),
          one.request(),
          values(one.className(), loaderText, origin, size, sha256, false, generator));
    } finally {
      CurrentRequest.set(null);
    }
  }

  /** Orders and compresses what has arrived; an agent thread calls it now and then. */
  public synchronized void settle() {
    for (Postponed next = postponed.poll(); next != null; next = postponed.poll()) {
      noLongerPostponed(next.bytes());
      settle(next);
    }
    settle(unknown);
    settle(generated);
  }

  /** From now on {@code thread}, which calls {@link #settle}, is woken when much has arrived. */
  public void settledBy(Thread thread) {
    settler = thread;
  }

  /** Classes whose bytes could not be kept. */
  public synchronized long dropped() {
    return unknown.bytesRefused.get()
        + generated.bytesRefused.get()
        + unknown.shelf.contentsDropped()
        + generated.shelf.contentsDropped();
  }

  /** Classes that were not compared with the place that they name. */
  public long uncompared() {
    return named.refused();
  }

  /** Classes that their place has with other bytes; only the first few are events. */
  public long altered() {
    return altered.get();
  }

  /** Classes made by nobody known of which nothing is kept, not even that they were made. */
  public synchronized long forgotten() {
    return unknown.entriesRefused.get() + unknown.shelf.dropped();
  }

  /** Classes made for requests so far by an unknown generator. */
  public long unknownForRequests() {
    return unknownForRequests.get();
  }

  /** Bytes that are kept now, class files compressed. */
  synchronized long keptBytes() {
    return unknown.shelf.keptBytes() + generated.shelf.keptBytes();
  }

  /** About how many bytes of the heap are held: what is kept, and what waits to be. */
  public long heldBytes() {
    return keptBytes()
        + unknown.waitingBytes.get()
        + generated.waitingBytes.get()
        + postponedBytes.get();
  }

  /**
   * Whether digest and event may wait: to compute a digest takes milliseconds in a JVM that has
   * compiled nothing yet. Nobody reads events then.
   */
  private boolean mayWait(byte[] bytes) {
    if (startupPhase.isOver() || bytes.length > ONE_MAX_BYTES) {
      return false;
    }
    int entries = postponedEntries.incrementAndGet();
    long kept = postponedBytes.addAndGet(bytes.length);
    if (entries <= POSTPONED_MAX_ENTRIES && kept <= postponedMaxBytes) {
      return true;
    }
    noLongerPostponed(bytes);
    return false;
  }

  private void noLongerPostponed(byte[] bytes) {
    postponedEntries.decrementAndGet();
    postponedBytes.addAndGet(-bytes.length);
  }

  private void settle(Postponed late) {
    Digest sha256 = Digest.of(late.bytes());
    GeneratedClass made =
        new GeneratedClass(
            late.className(),
            late.loader(),
            late.origin(),
            late.generator(),
            sha256,
            late.bytes().length,
            late.hidden(),
            late.epochMillis(),
            late.request(),
            late.stack());
    (made.suspicious() ? unknown : generated).shelf.add(made, late.bytes());
    sink.emitLate(
        EventType.CLASS_DEFINE,
        late.epochNanos(),
        late.thread(),
        late.stack().toArray(new StackTraceElement[0]),
        late.request(),
        values(
            made.className(),
            late.loaderText(),
            made.origin(),
            made.size(),
            sha256,
            made.hidden(),
            made.generator()));
  }

  /** As {@code whorl.ClassDefine} has them. */
  private static @Nullable Object[] values(
      String className,
      String loader,
      String origin,
      int size,
      Digest sha256,
      boolean hidden,
      @Nullable String generator) {
    return new @Nullable Object[] {
      className, loader, origin, (long) size, sha256.hex(), hidden, generator
    };
  }

  private void keep(GeneratedClass made, byte[] bytes) {
    Section section = made.suspicious() ? unknown : generated;
    if (section.waitingEntries.incrementAndGet() > WAITING_MAX_ENTRIES) {
      section.waitingEntries.decrementAndGet();
      section.entriesRefused.incrementAndGet();
      section.bytesRefused.incrementAndGet();
      return;
    }
    int entryBytes = ClassBytes.entryBytes(made);
    if (section.waitingBytes.addAndGet(entryBytes) > section.waitingMaxBytes) {
      section.waitingBytes.addAndGet(-entryBytes);
      section.waitingEntries.decrementAndGet();
      section.entriesRefused.incrementAndGet();
      section.bytesRefused.incrementAndGet();
      return;
    }
    byte[] kept = null;
    if (bytes.length <= ONE_MAX_BYTES) {
      if (section.waitingBytes.addAndGet(bytes.length) <= section.waitingMaxBytes) {
        kept = bytes.clone();
      } else {
        section.waitingBytes.addAndGet(-bytes.length);
      }
    }
    if (kept == null) {
      section.bytesRefused.incrementAndGet();
    }
    section.waiting.add(new Waiting(made, kept));
    Thread settles = settler;
    if (settles != null && section.waitingBytes.get() > WAITING_WAKES_BYTES) {
      LockSupport.unpark(settles);
    }
  }

  private static void settle(Section section) {
    for (Waiting next = section.waiting.poll(); next != null; next = section.waiting.poll()) {
      section.waitingEntries.decrementAndGet();
      section.waitingBytes.addAndGet(-ClassBytes.entryBytes(next.made()));
      byte[] bytes = next.bytes();
      if (bytes != null) {
        section.waitingBytes.addAndGet(-bytes.length);
      }
      section.shelf.add(next.made(), bytes);
    }
  }

  private static byte[] inflate(byte[] deflated, int size) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(deflated);
      byte[] bytes = new byte[size];
      int length = 0;
      while (length < size && !inflater.finished()) {
        length += inflater.inflate(bytes, length, size - length);
      }
      return bytes;
    } catch (DataFormatException e) {
      throw new IllegalStateException("kept class bytes cannot be read back", e);
    } finally {
      inflater.end();
    }
  }
}
