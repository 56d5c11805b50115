package whorl.agent.capture;

import java.io.IOException;

/**
 * Brings one kind of artifact. Sources run one after the other on the capture thread, each is free
 * to bring several artifacts or none, and none may hold what it brings in memory as a whole.
 */
public interface ArtifactSource {
  /**
   * What requests call it: {@code recording}, {@code threads}, {@code classes}, {@code process},
   * {@code network}, {@code files}, {@code console}, {@code heap}, {@code histogram}; or {@code
   * events}, which is always wanted.
   */
  String kind();

  /**
   * Brings the artifacts into {@code out}. What could not be had is told to {@code out}, with the
   * reason; an exception is told there by the coordinator, and the other sources still run.
   */
  void collect(CaptureContext context, ArtifactOutput out) throws IOException, InterruptedException;
}
