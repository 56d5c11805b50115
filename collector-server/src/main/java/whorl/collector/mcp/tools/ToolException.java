package whorl.collector.mcp.tools;

/** Ends a tool's call with a message for the model: what is wrong, and what to do about it. */
public class ToolException extends RuntimeException {
  public ToolException(String message) {
    super(message, null, false, false);
  }

  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message == null ? "" : message;
  }
}
