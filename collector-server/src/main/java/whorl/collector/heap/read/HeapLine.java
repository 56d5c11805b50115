package whorl.collector.heap.read;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line that {@link HeapProgram} prints: one of these. So what was found before it is killed is
 * known.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HeapLine(
    @Nullable Step progress,
    HeapAnalysis.@Nullable Summary summary,
    @Nullable List<HeapAnalysis.ClassCount> classes,
    HeapAnalysis.@Nullable BigObject biggest,
    HeapAnalysis.@Nullable Duplicates duplicates,
    HeapAnalysis.@Nullable LoaderUse loader,
    HeapAnalysis.@Nullable ThreadUse thread,
    @Nullable String problem) {

  /**
   * How far it is.
   *
   * @param percent of this step
   */
  public record Step(String step, int percent) {}

  static HeapLine progress(String step, double part) {
    return new HeapLine(
        new Step(step, (int) (100 * part)), null, null, null, null, null, null, null);
  }

  static HeapLine of(HeapAnalysis.Summary summary) {
    return new HeapLine(null, summary, null, null, null, null, null, null);
  }

  static HeapLine of(List<HeapAnalysis.ClassCount> classes) {
    return new HeapLine(null, null, classes, null, null, null, null, null);
  }

  static HeapLine of(HeapAnalysis.BigObject biggest) {
    return new HeapLine(null, null, null, biggest, null, null, null, null);
  }

  static HeapLine of(HeapAnalysis.Duplicates duplicates) {
    return new HeapLine(null, null, null, null, duplicates, null, null, null);
  }

  static HeapLine of(HeapAnalysis.LoaderUse loader) {
    return new HeapLine(null, null, null, null, null, loader, null, null);
  }

  static HeapLine of(HeapAnalysis.ThreadUse thread) {
    return new HeapLine(null, null, null, null, null, null, thread, null);
  }

  static HeapLine problem(String problem) {
    return new HeapLine(null, null, null, null, null, null, null, problem);
  }
}
