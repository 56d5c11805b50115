package whorl.collector.heap.read;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a heap snapshot says. Sizes are in bytes, as HotSpot lays objects out: with compressed
 * references where the heap is small enough for them, but without gaps between fields.
 *
 * @param artifact the snapshot's name; null if there is none
 * @param content {@code full}, {@code redacted}, {@code structure} or {@code unknown}
 * @param summary null if nothing could be read
 * @param classes by bytes, the biggest first; at most 10,000
 * @param biggest objects by what they retain, the biggest first
 * @param duplicates null if nothing could be read
 * @param loaders of classes, suspicious ones first
 * @param threads by what they retain
 * @param problems why something is missing
 */
public record HeapAnalysis(
    @Nullable String artifact,
    String content,
    @Nullable Summary summary,
    List<ClassCount> classes,
    List<BigObject> biggest,
    @Nullable Duplicates duplicates,
    List<LoaderUse> loaders,
    List<ThreadUse> threads,
    List<String> problems) {

  /**
   * The snapshot as a whole.
   *
   * @param dumpBytes its size without compression
   * @param bytes of all objects
   * @param reachableObjects those that a root leads to; the others are garbage
   * @param classes how many there are, {@code classesListed} of them with a row
   */
  public record Summary(
      long dumpBytes,
      int identifierBytes,
      @Nullable Instant dumpedAt,
      long objects,
      long bytes,
      long reachableObjects,
      long reachableBytes,
      int classes,
      int classesListed,
      int loaders,
      int threads,
      int roots) {}

  /**
   * The instances of a class, garbage included.
   *
   * @param loader null for the boot loader
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ClassCount(String name, @Nullable String loader, long count, long bytes) {}

  /**
   * An object that retains much by itself, and not because of one object below it.
   *
   * @param id in the dump, in hexadecimal: in HotSpot the address
   * @param shallow its own bytes
   * @param retained what would be free without it
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record BigObject(String id, String type, long shallow, long retained, RootPath path) {}

  /**
   * A shortest path from a root to an object.
   *
   * @param root what keeps the first step alive
   * @param steps the last is the object itself
   * @param cut how many steps in the middle are left out
   */
  public record RootPath(String root, List<Step> steps, int cut) {}

  /**
   * An object on a path.
   *
   * @param reference how the step before refers to it, such as {@code table}, {@code [3]} or {@code
   *     static CACHE}; null for the first
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Step(@Nullable String reference, String type, String id) {}

  /**
   * Equal strings.
   *
   * @param strings how many strings there are; -1 if that is not known
   * @param arrays that hold their characters; strings may share one
   * @param wastedBytes what would be free if each text were there once
   * @param problem why they could not be compared, or not all
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Duplicates(
      long strings,
      long arrays,
      long distinct,
      long wastedBytes,
      @Nullable String problem,
      List<DuplicateString> biggest) {}

  /**
   * Strings with the same text.
   *
   * @param hash of the text, in hexadecimal; the same in each snapshot
   * @param bytes of one
   * @param text the first 200 characters
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record DuplicateString(
      String hash, long count, long bytes, long wastedBytes, @Nullable String text) {}

  /**
   * A class loader.
   *
   * @param name its own, if the snapshot has values
   * @param classes that it defined
   * @param instances of these classes
   * @param suspicion why it may be a leak; null if nothing says so
   * @param heldBy what keeps it alive, in a word
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record LoaderUse(
      String id,
      String type,
      @Nullable String name,
      int classes,
      long instances,
      long instanceBytes,
      long retained,
      @Nullable String suspicion,
      @Nullable String heldBy,
      @Nullable RootPath path) {}

  /**
   * A thread.
   *
   * @param name if the snapshot has values
   * @param locals how many objects its stack holds
   * @param topFrame what it ran
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ThreadUse(
      String id,
      String type,
      @Nullable String name,
      long retained,
      int locals,
      @Nullable String topFrame) {}

  /** An analysis without results. */
  public static HeapAnalysis none(@Nullable String artifact, String content, String problem) {
    return new HeapAnalysis(
        artifact,
        content,
        null,
        List.of(),
        List.of(),
        null,
        List.of(),
        List.of(),
        List.of(problem));
  }

  /** A copy with one problem more. */
  public HeapAnalysis withProblem(String problem) {
    List<String> all = new ArrayList<>(problems);
    all.add(problem);
    return new HeapAnalysis(
        artifact, content, summary, classes, biggest, duplicates, loaders, threads, all);
  }
}
