package whorl.collector.receive;

import java.io.IOException;
import whorl.collector.http.request.Request;

/** What one identity may send, so that it leaves room to others. */
public interface UploadBudget {
  /** No limit besides those that hold for all. */
  UploadBudget UNLIMITED =
      new UploadBudget() {
        @Override
        public void evidence(Request request) {}

        @Override
        public void bytes(Request request) {}
      };

  /**
   * Takes one more piece of evidence from the caller's budget.
   *
   * @throws whorl.collector.http.request.ProblemException 429 if it is used up
   */
  void evidence(Request request) throws IOException;

  /**
   * Takes the bytes of the request's body from the caller's budget.
   *
   * @throws whorl.collector.http.request.ProblemException 507 if it is used up
   */
  void bytes(Request request) throws IOException;
}
