/** An application with a heap that is known to the last object. */
@NullMarked
package com.example.heap;

import org.jspecify.annotations.NullMarked;
