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
import whorl.agent.event.CodeReports;
import whorl.agent.event.EventContext;
import whorl.agent.event.EventSink;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.event.time.JvmClock;
import whorl.agent.hook.weave.ClassFacts;
import whorl.event.RequestContext;
import whorl.evidence.Digest;

/**
 * Generated classes: reports them and keeps their bytes, which exist nowhere else once the process
 * has ended. Classes from known generators are stored apart, so that they cannot evict those of
 * unknown generators. All evicted classes are counted.
 *
 * <p>The defining thread hashes and copies; an agent thread compresses.
 */
public final class GeneratedClasses {
  private static final int POSTPONED_MAX_ENTRIES = 1024;

  /** The named source does not contain the class. */
  private static final String FORGED_SOURCE = "forged-source";

  /** An agent changed the class. */
  static final String AGENT = "agent";

  /** The named source has the class with other bytes. */
  private static final String ALTERED = "altered";

  private static final int ALTERED_REPORTED_MAX = 16;

  private final EventSink sink;
  private final LongSupplier epochMillis;
  private final KeptClasses unknown;
  private final KeptClasses generated;
  private final long postponedMaxBytes;
  private final ConcurrentLinkedQueue<Postponed> postponed = new ConcurrentLinkedQueue<>();
  private final AtomicLong postponedBytes = new AtomicLong();
  private final AtomicInteger postponedEntries = new AtomicInteger();
  private final StartupPhase startupPhase;
  private final NamedSources named = new NamedSources();
  private final AtomicLong altered = new AtomicLong();
  private final AtomicLong alteredForRequests = new AtomicLong();
  private final AtomicLong unknownForRequests = new AtomicLong();
  private volatile NamedSources.@Nullable Places places;
  private volatile @Nullable Thread processor;

  /** A class that was generated while the application started, and is processed later. */
  @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
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

  /**
   * @param maxBytes limit for stored class files, compressed; about as many more may wait to be
   *     compressed
   */
  public GeneratedClasses(EventSink sink, StartupPhase startupPhase, long maxBytes) {
    this(sink, startupPhase, JvmClock.EPOCH_MILLIS, maxBytes);
  }

  GeneratedClasses(
      EventSink sink, StartupPhase startupPhase, LongSupplier epochMillis, long maxBytes) {
    unknown = new KeptClasses(maxBytes * 2 / 3, maxBytes / 2);
    generated = new KeptClasses(maxBytes / 3, maxBytes / 6);
    postponedMaxBytes = maxBytes * 2 / 3;
    this.sink = sink;
    this.startupPhase = startupPhase;
    this.epochMillis = epochMillis;
  }

  /** A class was generated; runs on the defining thread. */
  public void defined(
      String className, @Nullable ClassLoader loader, String origin, byte[] bytes, boolean hidden) {
    DefinitionStack stack = DefinitionStack.here();
    String generator = stack.generator();
    if (generator == null) {
      KnownGenerators.noteForged(className, loader);
      countUnknown(CurrentRequest.get());
    }
    if (mayWait(bytes)) {
      boolean added = false;
      try {
        added =
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
      } finally {
        if (!added) { // no memory, or a StackOverflowError
          noLongerPostponed(bytes);
        }
      }
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
    String text = Loaders.text(loader);
    String hex = sha256.hex();
    if (pastRecording) {
      CodeReports.classDefinedPastRecording(
          sink, className, text, origin, bytes.length, hex, hidden, generator);
    } else {
      CodeReports.classDefined(
          sink, elements, className, text, origin, bytes.length, hex, hidden, generator);
    }
  }

  /**
   * Another agent changed a loaded class; runs on the thread that requested the change. It emits no
   * event: the hooks of an agent's requests report the change.
   *
   * @param bytes the resulting class file
   * @param agent its class and jar; null if unknown
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
   * A class loader defined a class with a named source; the source is checked later. Runs on the
   * defining thread.
   */
  void named(String className, ClassLoader loader, String codeSource, byte[] bytes) {
    named.add(className, loader, codeSource, bytes, epochMillis.getAsLong(), sink.epochNanos());
  }

  /** Sets the comparison with the named sources; until then classes wait. */
  public void comparedBy(NamedSources.Places with) {
    places = with;
  }

  /** The classes known now, oldest first; those from unknown generators come last. */
  public synchronized List<GeneratedClass> snapshot() {
    processWaiting();
    List<GeneratedClass> all = new ArrayList<>(generated.stored().entries());
    all.addAll(unknown.stored().entries());
    return all;
  }

  /** The class file as it was passed to the JVM; null if it is not kept. */
  public byte @Nullable [] bytes(GeneratedClass definition) {
    byte[] deflated;
    synchronized (this) {
      deflated = unknown.stored().deflated(definition.sha256());
      if (deflated == null) {
        deflated = generated.stored().deflated(definition.sha256());
      }
    }
    return deflated == null ? null : inflate(deflated, definition.size());
  }

  /**
   * Compares classes with their named sources; an agent thread calls it now and then. It reads
   * files, so it takes the monitor only for the results.
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
        case ABSENT -> reportForged(waiting.get(i));
        case DIFFERENT -> altered(waiting.get(i));
        default -> {
          // The source is right, or cannot be checked.
        }
      }
    }
  }

  private void reportForged(NamedSources.Named source) {
    String generator = source.stack().generator();
    Digest sha256 = Digest.of(source.bytes());
    GeneratedClass definition =
        new GeneratedClass(
            source.className(),
            source.loader(),
            FORGED_SOURCE,
            generator,
            sha256,
            source.bytes().length,
            false,
            source.epochMillis(),
            source.request(),
            source.stack().frames(generator == null));
    synchronized (this) {
      kindOf(definition).stored().add(definition, source.bytes());
    }
    if (definition.suspicious()) {
      countUnknown(definition.request());
    }
    report(source, FORGED_SOURCE, sha256, generator, definition.stack());
  }

  private void countUnknown(@Nullable RequestContext request) {
    if (request != null) {
      unknownForRequests.incrementAndGet();
    }
  }

  /**
   * A weaving agent or loader changes many classes, and their bytes are of no use. Most do it at
   * the start, so that those which requests bring have a limit of their own.
   */
  private void altered(NamedSources.Named source) {
    AtomicLong count = source.request() == null ? altered : alteredForRequests;
    if (count.incrementAndGet() <= ALTERED_REPORTED_MAX) {
      String generator = source.stack().generator();
      report(source, ALTERED, Digest.of(source.bytes()), generator, source.stack().frames(true));
    }
  }

  private void report(
      NamedSources.Named source,
      String origin,
      Digest sha256,
      @Nullable String generator,
      List<StackTraceElement> stack) {
    ClassLoader loader = source.loader().get();
    String loaderText = loader == null ? "unloaded" : Loaders.text(loader);
    int size = source.bytes().length;
    // The alert that a rule raises for it belongs to the request, too.
    CurrentRequest.set(source.request());
    try {
      CodeReports.classDefinedEarlier(
          sink,
          EventContext.of(source.epochNanos(), source.thread(), stack, source.request()),
          source.className(),
          loaderText,
          origin,
          size,
          sha256.hex(),
          false,
          generator);
    } finally {
      CurrentRequest.set(null);
    }
  }

  /** Sorts and compresses new classes; an agent thread calls it now and then. */
  public synchronized void processWaiting() {
    for (Postponed next = postponed.poll(); next != null; next = postponed.poll()) {
      noLongerPostponed(next.bytes());
      publish(next);
    }
    unknown.store();
    generated.store();
  }

  /** Sets the thread that calls {@link #processWaiting}; it is woken when much has arrived. */
  public void processedBy(Thread thread) {
    processor = thread;
  }

  /** Classes whose bytes could not be kept. */
  public synchronized long dropped() {
    return unknown.withoutBytes() + generated.withoutBytes();
  }

  /** Classes that were not compared with their named source. */
  public long uncompared() {
    return named.refused();
  }

  /** Classes whose source has other bytes; only the first few emit events. */
  public long altered() {
    return altered.get() + alteredForRequests.get();
  }

  /** Counts classes from unknown generators that left no trace, not even of their definition. */
  public synchronized long forgotten() {
    return unknown.forgotten();
  }

  /** Classes from unknown generators, defined during requests, so far. */
  public long unknownForRequests() {
    return unknownForRequests.get();
  }

  /** The bytes kept now, with class files compressed. */
  synchronized long keptBytes() {
    return unknown.stored().keptBytes() + generated.stored().keptBytes();
  }

  /** The approximate heap use: stored classes and those that wait. */
  public long heldBytes() {
    return keptBytes() + unknown.waitingBytes() + generated.waitingBytes() + postponedBytes.get();
  }

  /**
   * True if digest and event may wait. A digest takes milliseconds in a JVM that has compiled
   * nothing yet, and nothing reads events at that time.
   */
  private boolean mayWait(byte[] bytes) {
    if (startupPhase.isOver() || bytes.length > KeptClasses.CLASS_MAX_BYTES) {
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

  private void publish(Postponed late) {
    Digest sha256 = Digest.of(late.bytes());
    GeneratedClass definition =
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
    kindOf(definition).stored().add(definition, late.bytes());
    CodeReports.classDefinedEarlier(
        sink,
        EventContext.of(late.epochNanos(), late.thread(), late.stack(), late.request()),
        definition.className(),
        late.loaderText(),
        definition.origin(),
        definition.size(),
        sha256.hex(),
        definition.hidden(),
        definition.generator());
  }

  private void keep(GeneratedClass definition, byte[] bytes) {
    boolean much = kindOf(definition).keep(definition, bytes);
    Thread waker = processor;
    if (much && waker != null) {
      LockSupport.unpark(waker);
    }
  }

  private KeptClasses kindOf(GeneratedClass definition) {
    return definition.suspicious() ? unknown : generated;
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
