#pragma once
#include "inside.hpp"
