package whorl.collector.mcp.tools;

/** An answer of the API is longer than {@link Api#ANSWER_MAX_BYTES}. */
public final class TooLongException extends ToolException {
  public TooLongException() {
    super(
        "the answer is longer than "
            + (Api.ANSWER_MAX_BYTES >> 20)
            + " MiB; ask with a lower limit or a narrower filter");
  }
}
