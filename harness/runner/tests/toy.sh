#!/bin/sh
# Says that it is ready, and ends when nobody has anything to say to it any more.
echo "$READY"
cat > /dev/null
