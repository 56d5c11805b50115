<p><%= new java.util.Date() %></p>
