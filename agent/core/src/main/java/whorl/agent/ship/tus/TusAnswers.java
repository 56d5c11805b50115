package whorl.agent.ship.tus;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Duration;
import whorl.agent.ship.net.Answer;
import whorl.agent.ship.net.CollectorUrl;

/**
 * Interprets the collector's answers by tus 1.0.
 *
 * @see <a href="https://tus.io/protocols/resumable-upload">tus 1.0.0</a>
 */
public final class TusAnswers {
  private static final Duration SLOT_WAIT = Duration.ofSeconds(5);
  private static final Duration BUSY_WAIT = Duration.ofSeconds(10);
  private static final Duration FULL_WAIT = Duration.ofMinutes(1);

  private final CollectorUrl url;

  public TusAnswers(CollectorUrl url) {
    this.url = url;
  }

  /** Answer to a POST: a new upload, one to resume, or a complete one. */
  public UploadState created(Answer answer, long length) {
    if (answer.status() == 201 || answer.status() == 200) {
      String location = answer.header(HttpHeaderNames.LOCATION.toString());
      String path = location == null ? null : url.uploadPath(location);
      long offset = answer.count("Upload-Offset");
      if (path != null && offset <= length) {
        return new UploadState.At(path, Math.max(0, offset));
      }
      if (location == null && offset == length) {
        // Complete already, so no path is needed.
        return new UploadState.At("", offset);
      }
      return rejected(answer, "the answer names no upload: Location " + location);
    }
    if (answer.status() == 409 && answer.title().equals("already sealed")) {
      return new UploadState.End(new ShipResult.Duplicate());
    }
    String refused = answer.header(HttpHeaderNames.LOCATION.toString());
    String there = refused == null ? null : url.uploadPath(refused);
    if (there != null) {
      // Created, but its content was refused: it goes on as any other.
      return patched(answer, there, length);
    }
    return ended(answer);
  }

  /** Answer to a PATCH that was to bring the upload to {@code offset}. */
  public UploadState patched(Answer answer, String path, long offset) {
    switch (answer.status()) {
      case 200, 204:
        long reached = answer.count("Upload-Offset");
        return reached == offset
            ? new UploadState.At(path, offset)
            : new UploadState.QueryOffset(path, "offset " + reached + " instead of " + offset);
      case 409:
        if (answer.title().equals("already sealed")) {
          return new UploadState.End(new ShipResult.Duplicate());
        }
        return new UploadState.QueryOffset(path, answer.summary());
      case 460, 423, 408:
        return new UploadState.QueryOffset(path, answer.summary());
      case 413:
        return new UploadState.Smaller(path, answer.summary());
      case 404, 410:
        return new UploadState.Create(answer.summary());
      default:
        return ended(answer);
    }
  }

  /** Answer to a HEAD. */
  public UploadState queried(Answer answer, String path, long length) {
    if (answer.status() == 200 || answer.status() == 204) {
      long offset = answer.count("Upload-Offset");
      return offset >= 0 && offset <= length
          ? new UploadState.At(path, offset)
          : rejected(answer, "the upload stands at " + offset + " of " + length + " bytes");
    }
    return answer.status() == 404 || answer.status() == 410
        ? new UploadState.Create(answer.summary())
        : ended(answer);
  }

  private static UploadState ended(Answer answer) {
    ShipResult result =
        switch (answer.status()) {
          case 401 -> new ShipResult.Unauthorized(answer.summary());
          case 403 ->
              answer.title().equals("not yours")
                  ? new ShipResult.NotOurs(answer.summary())
                  : new ShipResult.Unauthorized(answer.summary());
          case 503 ->
              new ShipResult.Postponed(
                  answer.summary(),
                  answer.retryAfter(
                      "slot".equals(answer.header("Whorl-Wait")) ? SLOT_WAIT : BUSY_WAIT));
          case 429 -> new ShipResult.Postponed(answer.summary(), answer.retryAfter(BUSY_WAIT));
          case 507 -> new ShipResult.Postponed(answer.summary(), answer.retryAfter(FULL_WAIT));
          case 400, 409, 412, 413, 415, 422 ->
              new ShipResult.Rejected(answer.status(), answer.summary());
          default -> new ShipResult.Unreachable("unexpected answer " + answer.summary());
        };
    return new UploadState.End(result);
  }

  private static UploadState rejected(Answer answer, String why) {
    return new UploadState.End(new ShipResult.Unreachable(answer.status() + ", but " + why));
  }
}
