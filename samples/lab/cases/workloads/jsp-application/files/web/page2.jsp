<% for (int i = 0; i < 5; i++) { %><li><%= i * i %></li><% } %>${param.q}
