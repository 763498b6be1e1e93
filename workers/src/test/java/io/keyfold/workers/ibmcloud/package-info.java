@NullMarked
package io.keyfold.workers.ibmcloud;

import org.jspecify.annotations.NullMarked;
