package whorl.collector.http.request;

import java.io.IOException;

/** Answers requests of one route, on a worker thread; it may block within the server's limits. */
@FunctionalInterface
public interface Handler {
  /**
   * @throws ProblemException to respond with a problem document
   */
  Response handle(Request request) throws IOException;
}
